import { fitSvc, type Points } from "@ltu/mia/evaluators";
import { miaEfficacy } from "@ltu/metrics";
import { compareGolden, decodeTensor, type GoldenTopic } from "@ltu/testing";

/**
 * Largest difference to the tight optimum that is accepted of a solver with the reference's stopping tolerance, and of
 * a tight one.
 */
const solvers = [
  { name: "tolerance 1e-3", tolerance: 1e-3, abs: 1e-2 },
  { name: "tolerance 1e-8", tolerance: 1e-8, abs: 1e-4 },
];

/** The support vector classifier of MIA-efficacy: decisions, predictions, share of non-members, offset. */
export const topic: GoldenTopic = {
  topic: "mia-svc",
  run: async ({ inputs, params, expected, tolerance }) => {
    const points = (name: string): Points => {
      const { data, shape } = decodeTensor(inputs[name]);
      return { values: data, dimensions: shape[1] ?? 1 };
    };
    const c = Number(params["C"]);
    const gamma = Number(params["gammaValue"]);
    const ambiguous = new Set((expected["ambiguousIndexes"] ?? []) as number[]);
    const predicted = (expected["predictedMember"] ?? []) as number[];
    const unique = expected["offsetUnique"] === true && tolerance.abs !== null;
    const differences: string[] = [];
    if (fitSvc(points("members"), points("nonMembers"), { c, tolerance: 1e-3 }).decide(points("forget"))[0] !==
      fitSvc(points("members"), points("nonMembers"), { c, gamma, tolerance: 1e-3 }).decide(points("forget"))[0]) {
      differences.push(`gamma: "auto" is not ${gamma}`);
    }
    for (const { name, tolerance: stop, abs } of solvers) {
      const svc = fitSvc(points("members"), points("nonMembers"), { c, gamma, tolerance: stop });
      const decisions = svc.decide(points("forget"));
      predicted.forEach((member, i) => {
        if (!ambiguous.has(i) && (decisions[i] as number) > 0 !== (member === 1)) {
          differences.push(`predictedMember[${i}] (${name}): expected ${member}, found decision ${decisions[i]}`);
        }
      });
      const [lowest, highest] = (expected["miaEfficacyRange"] ?? [
        expected["miaEfficacy"],
        expected["miaEfficacy"],
      ]) as [number, number];
      const share = miaEfficacy(decisions) / 100;
      if (!(share >= lowest - 1e-9 && share <= highest + 1e-9)) {
        differences.push(`miaEfficacy (${name}): expected ${lowest} to ${highest}, found ${share}`);
      }
      if (unique) {
        const comparison = { abs, rel: tolerance.rel };
        differences.push(
          ...compareGolden(`decisionTight (${name})`, decisions, expected["decisionTight"], comparison),
          ...compareGolden(`interceptTight (${name})`, svc.offset, expected["interceptTight"], comparison),
        );
      }
    }
    return differences;
  },
};
