import { basename } from "node:path";

import { LtuError } from "@ltu/core";
import { feedbackAttacks, type FeedbackAttackName, type FeedbackDefinition } from "@ltu/mia/feedback";

import { isModulePath, loadModule } from "./load-module.ts";
import { didYouMean } from "./nearest-name.ts";

/** A feedback attack that an experiment names. */
export interface PlannedAttack {
  readonly name: string;
  readonly definition: FeedbackDefinition;
  /** SHA-256 of the module that an attack from a file was read from: another text gives another result. */
  readonly sha256?: string | undefined;
}

/**
 * The attacks of an experiment's `attacks` list. An entry is a name of `feedbackAttacks`, or the path of a module (it has
 * a slash or ends in .js, .mjs or .ts) relative to `folder` that exports one attack.
 *
 * @throws LtuError `OPTION` for an unknown name, a module that cannot be loaded or exports no attack or several.
 */
export async function composeAttacks(
  entries: unknown,
  { folder }: { readonly folder: string },
): Promise<PlannedAttack[]> {
  if (
    !Array.isArray(entries) ||
    entries.length === 0 ||
    !entries.every((entry) => typeof entry === "string")
  ) {
    throw unknownAttack(JSON.stringify(entries), "");
  }
  const attacks: PlannedAttack[] = [];
  for (const entry of entries) {
    const isFile = isModulePath(entry);
    if (!isFile && !Object.hasOwn(feedbackAttacks, entry)) throw unknownAttack(JSON.stringify(entry), entry);
    const attack = isFile
      ? await attackOfModule(entry, folder)
      : { name: entry, definition: feedbackAttacks[entry as FeedbackAttackName] };
    attacks.push(attack);
  }
  return attacks;
}

/** The one attack that a module exports. */
async function attackOfModule(entry: string, folder: string): Promise<PlannedAttack> {
  const { exported, sha256 } = await loadModule(entry, { folder, where: "attacks of ltu" });
  const found = Object.values(exported).filter(isDefinition);
  const [definition] = found;
  if (definition === undefined || found.length > 1) {
    throw new LtuError(
      "OPTION",
      `experiment: attacks of ltu: ${basename(entry)} must export one feedback attack, a FeedbackDefinition of @ltu/mia, found ${found.length} among [${Object.keys(exported).join(", ")}]; see "Add your own" in the README of @ltu/mia.`,
    );
  }
  return { name: definition.name, definition, sha256 };
}

/** Whether a value has the members of the contract. An evaluator has not: it cannot come in this way. */
function isDefinition(value: unknown): value is FeedbackDefinition {
  const { name, readsLabels, fit, score } = (value ?? {}) as Partial<FeedbackDefinition>;
  return (
    typeof name === "string" &&
    typeof readsLabels === "boolean" &&
    typeof fit === "function" &&
    typeof score === "function"
  );
}

function unknownAttack(found: string, near: string): LtuError {
  const known = Object.keys(feedbackAttacks);
  return new LtuError(
    "OPTION",
    `experiment: attacks of ltu must be a list out of ${known.join(", ")} or of paths of modules, found ${found}; ${didYouMean(near, known)}`,
  );
}
