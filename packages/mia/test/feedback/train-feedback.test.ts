import { tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, type Predictions, type ProgressEvent } from "@ltu/core";

import { confidenceSvc } from "../../src/evaluators/index.ts";
import {
  attackFromJSON,
  feedbackAttacks,
  networkAttack,
  trainFeedback,
  type ReferenceOutputs,
  type TrainFeedbackRequest,
} from "../../src/feedback/index.ts";
import { outputs } from "../outputs.ts";

const members = outputs("members", { size: 90, margin: 5 });
const nonMembers = outputs("nonMembers", { size: 60, margin: 1 });
const request = (changes: Partial<TrainFeedbackRequest> = {}): TrainFeedbackRequest => ({
  attacks: ["phi-logistic"],
  members,
  nonMembers,
  rng: createRng(1),
  recipe: { epochs: 5 },
  ...changes,
});

describe("trainFeedback", () => {
  it("fits the same numbers again from the same seed, and others from another", async () => {
    const first = await trainFeedback(request());
    expect(JSON.stringify(await trainFeedback(request()))).toBe(JSON.stringify(first));
    expect(JSON.stringify(await trainFeedback(request({ rng: createRng(2) })))).not.toBe(
      JSON.stringify(first),
    );
  });

  it("fits each attack alike whichever others are fitted beside it", async () => {
    const [alone] = await trainFeedback(request({ attacks: ["margin-mlp"] }));
    const [, beside] = await trainFeedback(request({ attacks: ["logistic", "margin-mlp"] }));
    expect(JSON.stringify(beside)).toBe(JSON.stringify(alone));
  });

  it("points from non-members to members after a single step, whatever the seed", async () => {
    for (let seed = 0; seed < 20; seed++) {
      const attacks = await trainFeedback(
        request({ attacks: ["phi-logistic", "margin-mlp"], rng: createRng(seed), recipe: { epochs: 1 } }),
      );
      for (const { heldOutAuc } of attacks) expect(heldOutAuc).toBeGreaterThan(0.9);
    }
  });

  it("gives each attack its own share of the samples", async () => {
    const definition = (name: string) =>
      networkAttack({ name, signals: ["phi"], hidden: [], activation: "tanh" });
    const [first, second] = await trainFeedback(request({ attacks: [definition("a"), definition("b")] }));
    expect(first?.toJSON()["fitted"]).not.toEqual(second?.toJSON()["fitted"]);
  });

  it("measures no more members than non-members, at random, and all non-members", async () => {
    // Only the last members are told apart: taking the first ones would find no signal.
    const mixed: Predictions = {
      ...members,
      logits: members.logits.map((z, k) => (k < 60 * 4 ? (nonMembers.logits[k] as number) : z)),
      labels: members.labels.map((y, i) => (i < 60 ? (nonMembers.labels[i] as number) : y)),
    };
    const [attack] = await trainFeedback(request({ members: mixed, recipe: { epochs: 20, minAuc: 0 } }));
    expect(attack?.nonMember.sorted).toHaveLength(60);
    expect(attack?.heldOutAuc).toBeGreaterThan(0.52);
  });

  it("knows the label of each non-member's logit, and how those of other classes look under each label", async () => {
    const [attack] = await trainFeedback(request({ attacks: ["phi-margin-mlp"] }));
    const { sorted, labels, strangers } = attack!.nonMember;
    const scoresAs = async (rows: number[], asIf: (row: number) => number): Promise<number[]> => {
      const logits = tensor2d(
        rows.map((row) => [...nonMembers.logits.subarray(row * 4, row * 4 + 4)]),
        [rows.length, 4],
      );
      const judged = tensor1d(rows.map(asIf), "int32");
      const scores = attack!.score(logits, judged);
      const numbers = [...(await scores.data())];
      [logits, judged, scores].forEach((tensor) => tensor.dispose());
      return numbers.toSorted((a, b) => a - b);
    };
    const rows = [...nonMembers.labels.keys()];
    for (const label of [0, 1, 2, 3]) {
      const own = rows.filter((row) => nonMembers.labels[row] === label);
      const others = rows.filter((row) => nonMembers.labels[row] !== label);
      const ofLabel = sorted.filter((_, i) => labels?.[i] === label);
      const wanted = await scoresAs(own, () => label);
      expect(ofLabel).toHaveLength(wanted.length);
      ofLabel.forEach((logit, i) => expect(logit).toBeCloseTo(wanted[i]!, 4));
      const asIf = await scoresAs(others, () => label);
      expect(strangers?.[label]).toHaveLength(asIf.length);
      strangers?.[label]?.forEach((logit, i) => expect(logit).toBeCloseTo(asIf[i]!, 4));
    }
  });

  it("keeps at most 200 strangers a class, from all other classes alike", async () => {
    const many = outputs("many", { size: 1200, margin: 1 });
    const [attack] = await trainFeedback(request({ nonMembers: many }));
    const { strangers } = attack!.nonMember;
    expect(strangers?.map(({ length }) => length)).toEqual([200, 200, 200, 200]);
  });

  it("is an error that names each AUC when no attack tells the sets apart", async () => {
    const same = outputs("same", { size: 600, margin: 1 });
    const alike = outputs("alike", { size: 600, margin: 1 });
    const failing = trainFeedback(
      request({
        attacks: ["phi-logistic", "margin-mlp"],
        members: same,
        nonMembers: alike,
        recipe: { minAuc: 0.6 },
      }),
    );
    await expect(failing).rejects.toMatchObject({ code: "NO_SIGNAL" });
    await expect(failing).rejects.toThrow(/phi-logistic 0\.\d{3}, margin-mlp 0\.\d{3}/u);
  });

  it("is an error when the outputs do not vary at all", async () => {
    const flat = (size: number): Predictions => ({
      logits: new Float32Array(4 * size),
      labels: new Int32Array(size),
      classes: 4,
    });
    await expect(trainFeedback(request({ members: flat(20), nonMembers: flat(20) }))).rejects.toMatchObject({
      code: "NO_SIGNAL",
    });
  });

  it("tells its progress and stops when asked", async () => {
    const events: ProgressEvent[] = [];
    await trainFeedback(request({ onProgress: (event) => events.push(event) }));
    expect(events.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(events.at(-1)).toMatchObject({ steps: 5, epoch: 5, epochs: 5 });
    const stop = new AbortController();
    const stopped = trainFeedback(request({ signal: stop.signal, onProgress: () => stop.abort() }));
    await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
  });

  it.each([
    ["OPTION", { attacks: ["phi-logistics"] }, 'found "phi-logistics"'],
    ["OPTION", { attacks: [] }, "one attack or more"],
    ["OPTION", { attacks: ["logistic", "logistic"] }, "each name once"],
    ["OPTION", { attacks: [{ name: "x", signals: ["phi"] }] }, "needs fit and score, found name, signals"],
    ["FIREWALL", { attacks: [confidenceSvc()] }, 'found the evaluator "confidence-svc"'],
    ["OPTION", { recipe: { epoch: 3 } }, 'found "epoch"'],
    ["OPTION", { recipe: { fitShare: 1 } }, "fitShare must be between 0 and 1"],
    ["OPTION", { recipe: { batchSize: 0.5 } }, "batchSize must be a whole number"],
    ["DATA", { members: outputs("one", { size: 1, margin: 1 }) }, "give more"],
    [
      "SHAPE",
      { members: outputs("wide", { size: 20, margin: 1, classes: 5 }) },
      "same classes, found 5 and 4",
    ],
    ["DATA", { members: { ...members, logits: members.logits.map(() => Number.NaN) } }, "must be finite"],
  ] as const)("refuses with %s: %j", async (code, changes, message) => {
    const failing = trainFeedback(request(changes as unknown as Partial<TrainFeedbackRequest>));
    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(message);
  });
});

/** Outputs of one reference model on all members and non-members; the first ten non-members trained it. */
const withReferences = (change: Partial<ReferenceOutputs> = {}): Partial<TrainFeedbackRequest> => {
  const [inside, outside] = [
    Int32Array.from({ length: 90 }, (_, i) => i),
    Int32Array.from({ length: 60 }, (_, i) => 90 + i),
  ];
  const models = [outputs("reference", { size: 150, margin: 1 })];
  return {
    attacks: ["difficulty-calibrated"],
    members: { ...members, indexes: inside },
    nonMembers: { ...nonMembers, indexes: outside },
    references: {
      indexes: Int32Array.from({ length: 150 }, (_, i) => i),
      models,
      trainedOn: outside.slice(0, 10),
      ...change,
    },
  };
};

describe("trainFeedback with reference models", () => {
  it("fits no attack, and takes no statistics, on samples that trained a reference model", async () => {
    const [attack] = await trainFeedback(request(withReferences()));
    expect(attack?.nonMember.sorted).toHaveLength(50);
    // What a reference model says of a sample is of its true label.
    expect(attack?.nonMember.strangers).toBeUndefined();
  });

  it.each([
    ["NO_REFERENCES", { references: undefined }, "the outputs of reference models"],
    ["NO_REFERENCES", withReferences({ models: [] }), "the outputs of reference models"],
    ["NO_REFERENCES", { members }, "the index of each member and non-member"],
    [
      "NO_REFERENCES",
      withReferences({ indexes: Int32Array.from({ length: 150 }, (_, i) => i + 30) }),
      /none of sample \d+; add it/,
    ],
    [
      "SHAPE",
      withReferences({ models: [outputs("few", { size: 149, margin: 1 })] }),
      "of 150 samples in 4 classes",
    ],
    ["FIREWALL", withReferences({ trainedOn: Int32Array.of(100, 7) }), "found sample 7 outside it"],
    [
      "FIREWALL",
      withReferences({ trainedOn: Int32Array.from({ length: 60 }, (_, i) => 90 + i) }),
      "60 of 60",
    ],
    ["FIREWALL", withReferences({ trainedOn: new Int32Array(0) }), "0 of 60"],
    ["DATA", withReferences({ trainedOn: Int32Array.from({ length: 59 }, (_, i) => 90 + i) }), "give more"],
  ] as const)("refuses with %s", async (code, changes, message) => {
    const failing = trainFeedback(
      request({ ...withReferences(), ...(changes as unknown as Partial<TrainFeedbackRequest>) }),
    );
    await expect(failing).rejects.toMatchObject({ code });
    await expect(failing).rejects.toThrow(message);
  });
});

describe("attackFromJSON", () => {
  const scaling = { mean: [0], spread: [1] };

  it("needs the definition of an attack of one's own, and prefers it to one of the same name", async () => {
    const own = networkAttack({ name: "own", signals: ["entropy"], hidden: [], activation: "tanh" });
    const [attack] = await trainFeedback(request({ attacks: [own] }));
    const json = JSON.parse(JSON.stringify(attack)) as object;
    expect(() => attackFromJSON(json)).toThrow(/found own; give the definition .* in definitions/u);
    expect(attackFromJSON(json, { definitions: [own] }).name).toBe("own");
    // Under the name of a wider network its two weights do not fit.
    expect(() => attackFromJSON({ ...json, name: "margin-mlp" })).toThrow("49 weights are needed");
    expect(
      attackFromJSON({ ...json, name: "margin-mlp" }, { definitions: [{ ...own, name: "margin-mlp" }] }).name,
    ).toBe("margin-mlp");
  });

  it.each(["class-threshold", "difficulty-calibrated", "soft-ratio"] as const)(
    "refuses a damaged %s",
    async (name) => {
      const [attack] = await trainFeedback(request({ ...withReferences(), attacks: [name] }));
      const json = JSON.parse(JSON.stringify(attack)) as { fitted: object };
      const refused = (change: object): void => {
        expect(() => attackFromJSON({ ...json, ...change })).toThrow(
          expect.objectContaining({ code: "DATA" }) as Error,
        );
      };
      expect(attackFromJSON(json).name).toBe(name);
      refused({ fitted: { ...json.fitted, scale: 0 } });
      refused({ fitted: { scale: 1 } });
      if (feedbackAttacks[name].reference !== undefined) {
        refused({ references: undefined });
        refused({ references: { indexes: [1, 2], values: [1] } });
      }
    },
  );

  it.each([
    ["another object", () => ({})],
    ["nothing", () => null],
    ["no fitted numbers", (json: object) => ({ ...json, fitted: null })],
    ["a missing weight", (json: object) => ({ ...json, fitted: { scaling, weights: [1] } })],
    ["a weight that is no number", (json: object) => ({ ...json, fitted: { scaling, weights: [1, null] } })],
    [
      "a spread of zero",
      (json: object) => ({ ...json, fitted: { scaling: { mean: [0], spread: [0] }, weights: [1, 0] } }),
    ],
    ["no statistics", (json: object) => ({ ...json, nonMember: {} })],
    [
      "labels for some non-members only",
      (json: { nonMember: object }) => ({ ...json, nonMember: { ...json.nonMember, labels: [1] } }),
    ],
    [
      "strangers of some classes only",
      (json: { nonMember: object }) => ({ ...json, nonMember: { ...json.nonMember, strangers: [[1]] } }),
    ],
    ["a single class", (json: object) => ({ ...json, classes: 1 })],
    [
      "references that it does not need",
      (json: object) => ({ ...json, references: { indexes: [], values: [] } }),
    ],
  ])("refuses %s", async (_, damage) => {
    const [attack] = await trainFeedback(request());
    const json = damage(JSON.parse(JSON.stringify(attack)) as { nonMember: object });
    expect(() => attackFromJSON(json)).toThrow(expect.objectContaining({ code: "DATA" }));
  });
});
