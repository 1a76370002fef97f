import { describe, expect, it } from "vitest";

import type { LoadedData } from "@ltu/datasets";

import { checkModelName, composeModel } from "../src/compose-model.ts";
import type { Experiment } from "../src/config.ts";

/** As much of an experiment and of data as a model is made of. */
const experiment = (model: Partial<Experiment["model"]>): Experiment =>
  ({ model: { name: "mlp", options: {}, ...model } }) as Experiment;
const data = {
  dataset: { name: "ten", imageShape: [32, 32, 3], classNames: Array.from({ length: 10 }, (_, k) => `${k}`) },
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.2, 0.2, 0.2] },
} as unknown as LoadedData;
const folder = ".";

describe("composeModel", () => {
  it.each(["mlp", "resnet18", "resnet20", "resnet44", "resnet56", "small-cnn", "vgg16_bn", "vit-tiny"])(
    "makes %s for the images and classes of the data",
    async (name) => {
      checkModelName(experiment({ name }));
      const { model, identity, notes } = await composeModel(experiment({ name }), data, { folder });
      expect([model.name, model.inputShape, model.classes]).toEqual([name, [32, 32, 3], 10]);
      expect(identity).toEqual({ name, options: {} });
      expect(notes).toEqual([]);
    },
  );

  it("hands on the options that an architecture has", async () => {
    const chosen = experiment({ name: "resnet20", options: { fan: "in" } });
    expect(() => checkModelName(chosen)).not.toThrow();
    expect((await composeModel(chosen, data, { folder })).model.name).toBe("resnet20");
    await expect(
      composeModel(experiment({ name: "resnet20", options: { fan: "up" } }), data, { folder }),
    ).rejects.toThrow(/fan must be in or out, found up/);
  });

  it("refuses unknown names and options, and classes that the data does not have", async () => {
    expect(() => checkModelName(experiment({ name: "resnet19" }))).toThrow(
      /model.name must be one of .*resnet18/,
    );
    expect(() => checkModelName(experiment({ name: "vgg16_bn", options: { fan: "in" } }))).toThrow(
      /model.options of vgg16_bn are none, found "fan"; remove it/,
    );
    expect(() => checkModelName(experiment({ name: "resnet44", options: { fam: "in" } }))).toThrow(/"fan"/);
    await expect(composeModel(experiment({ classes: 9 }), data, { folder })).rejects.toThrow(
      /has 9 classes and the data ten has 10/,
    );
  });
});
