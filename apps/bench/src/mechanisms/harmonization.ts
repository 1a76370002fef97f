import { LtuError } from "@ltu/core";
import {
  combine,
  harmonize,
  harmonizeModes,
  rules,
  type CombineOptions,
  type HarmonizeMode,
  type RuleName,
} from "@ltu/harmonize";
import type { MechanismPart } from "@ltu/report";
import type { Stage } from "@ltu/runner";
import { descendInConflict, type ConflictOutcome, type JoinGradients } from "@ltu/testing";

import { didYouMean } from "../nearest-name.ts";
import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "../stages/json-artefact.ts";
import type { MechanismsConfig } from "./mechanisms-config.ts";
import type { PlannedPart } from "./planned-part.ts";

/** Gradient Harmonization alone: what a descent on conflicting gradients does to both losses, rule by rule. */
export function planHarmonization(
  { seeds, rules: names }: NonNullable<MechanismsConfig["harmonization"]>,
  { ground }: Pick<RunContext, "ground">,
): PlannedPart {
  const joins = names.map((name) => [name, joinOf(name)] as const);
  const stages = seeds.map((seed): Stage => ({
    name: `harmonization: seed ${seed}`,
    inputs: { rules: [...names], seed, ground },
    dependsOn: [],
    run: async () => {
      const outcomes: ConflictOutcome[] = [];
      for (const [, join] of joins) outcomes.push(await descendInConflict(seed, join));
      return encodeJson(outcomes);
    },
  }));
  return {
    stages,
    assemble: async (results) => {
      const outcomes: ConflictOutcome[][] = [];
      for (const stage of stages) outcomes.push(decodeJson(await results.artefact(stage)));
      const seriesOf = (name: string, loss: keyof ConflictOutcome): MechanismPart["series"][number] => ({
        name,
        points: names.map((x, i) => ({ x, values: outcomes.map((ofSeed) => ofSeed[i]?.[loss] as number) })),
      });
      const bothFall = names.map((name, i) => {
        const count = outcomes.filter(
          (ofSeed) => (ofSeed[i]?.remember ?? 0) < 0 && (ofSeed[i]?.forget ?? 0) < 0,
        );
        return `${name} ${count.length}`;
      });
      return [
        {
          id: "harmonization",
          title: "Harmonization alone: two losses on gradients that conflict by construction",
          method:
            'Two quadratic losses in 20 dimensions, built so that their gradients at the start have a cosine from -0.8 to -0.5 and the forgetting one is 2.5 to 4 times as long; 20 steps of 0.02 with the joined gradient. Below 0 a loss has fallen. "off" is the plain sum.',
          x: { name: "rule", isNumber: false },
          y: { name: "change of the loss over the descent", reference: 0 },
          seeds,
          series: [seriesOf("remembering loss", "remember"), seriesOf("forgetting loss", "forget")],
          notes: [`Seeds of ${seeds.length} in which both losses fall: ${bothFall.join(", ")}.`],
        },
      ];
    },
  };
}

/** A mode of `harmonize`, or a rule of `combine`. */
function joinOf(name: string): JoinGradients {
  if ((harmonizeModes as readonly string[]).includes(name)) {
    return (remember, forget) => harmonize(remember, forget, { mode: name as HarmonizeMode });
  }
  if (Object.hasOwn(rules, name)) {
    return (remember, forget) => combine([remember, forget], { rule: name as RuleName } as CombineOptions);
  }
  const known = [...harmonizeModes, ...Object.keys(rules)];
  throw new LtuError(
    "OPTION",
    `mechanisms file: rules of harmonization are ${known.join(", ")}, found "${name}"; ${didYouMean(name, known)}`,
  );
}
