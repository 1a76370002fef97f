import { LtuError } from "@ltu/core";
import { contentKey, type Json } from "@ltu/runner";

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
 *
 * @throws LtuError `OPTION` for a model that comes from a file, of which an experiment has only the path.
 */
export function settingOf(experiment: Experiment): string {
  if (experiment.model.name === "layers-model") {
    throw new LtuError(
      "OPTION",
      `--trials: expected a model that its name and options describe, found one from a file in ${experiment.name}; leave --trials out.`,
    );
  }
  const keys = Object.keys(decides) as (keyof Experiment)[];
  const setting = Object.fromEntries(keys.filter((key) => decides[key]).map((key) => [key, experiment[key]]));
  // What is not given is no part of it.
  return contentKey(JSON.parse(JSON.stringify(setting)) as Json).slice(0, 16);
}
