import { beforeAll, describe, it } from "vitest";

import type { Unlearner } from "@ltu/core";

import { accessChecks } from "./check-access.ts";
import { borrowingChecks } from "./check-borrowing.ts";
import { interruptionChecks } from "./check-interruption.ts";
import { outcomeChecks } from "./check-outcome.ts";
import {
  createSubject,
  type UnlearnerCheck,
  type UnlearnerContractOptions,
  type UnlearnerSubject,
} from "./subject.ts";

/** Everything an unlearning method promises, one check for each promise. */
export const unlearnerChecks: readonly UnlearnerCheck[] = [
  ...outcomeChecks,
  ...borrowingChecks,
  ...accessChecks,
  ...interruptionChecks,
];

/**
 * What every unlearning method promises, as a vitest suite on made-up images and a tiny model that knows them by heart:
 * the same numbers for the same stream, finite, and doing to the forget set what `expects` says; nothing read but what
 * `needs` declares; inputs as they were and no tensor left, also after an error and a stop; one sentence for missing
 * data, overlapping sets, a wrong model, broken weights and wrong labels, before any work; every image that goes forward
 * or back in the ledger, preparation included; progress; a stop when asked; and a resumed run that equals the
 * uninterrupted one bit for bit.
 *
 * Call it at the top of a test file, once for each method. An engine must be running.
 *
 * @param name - As in tables.
 * @param make - Gives the method with options that suit ten samples to forget and a few short epochs, at least two.
 */
export function describeUnlearner(
  name: string,
  make: () => Unlearner,
  options: UnlearnerContractOptions = {},
): void {
  describe(`${name}, as an unlearner`, () => {
    let subject: UnlearnerSubject;
    beforeAll(async () => {
      subject = await createSubject(name, make, options);
    }, 120_000);
    for (const { title, run } of unlearnerChecks) it(title, () => run(subject));
  });
}
