import { LtuError } from "@ltu/core";
import { contentKey, type Json } from "@ltu/runner";

import type { MethodPlan } from "../compose-methods.ts";
import type { Experiment } from "../config.ts";

/** Which keys of an experiment decide what a method comes to; seed, methods and engine are told apart beside it. */
const decides: Readonly<Record<keyof Experiment, boolean>> = {
  $schema: false,
  schemaVersion: false,
  name: false,
  description: false,
  seed: false,
  splitSeed: true,
  data: true,
  forget: true,
  retainFraction: true,
  model: true,
  training: true,
  oracles: false,
  audit: false,
  references: true,
  methods: false,
};

/**
 * The setting that a number was measured in, by its content: the same on every machine, under every name and beside
 * whatever other rows.
 */
export function settingOf(experiment: Experiment): string {
  const keys = Object.keys(decides) as (keyof Experiment)[];
  const setting = Object.fromEntries(keys.filter((key) => decides[key]).map((key) => [key, experiment[key]]));
  // What is not given is no part of it.
  return contentKey(JSON.parse(JSON.stringify(setting)) as Json).slice(0, 16);
}

/** An attack from a module of one's own is told by its text, beside the options of the method that asks it. */
export function modulesOf({ attacks }: MethodPlan): { readonly modules?: readonly string[] } {
  const modules = attacks.flatMap(({ sha256 }) => sha256 ?? []);
  return modules.length === 0 ? {} : { modules };
}

/**
 * Refuses to keep readings of a model that comes from a file: an experiment has only its path.
 *
 * @param folder - Where readings are kept; without one everything goes.
 * @throws LtuError `OPTION`.
 */
export function checkKeepable(experiments: readonly Experiment[], folder: string | undefined): void {
  const found = experiments.find(({ model }) => model.name === "layers-model");
  if (folder === undefined || found === undefined) return;
  throw new LtuError(
    "OPTION",
    `--trials: expected a model that its name and options describe, found one from a file in ${found.name}; leave --trials out.`,
  );
}
