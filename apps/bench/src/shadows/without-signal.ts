import { isLtuError } from "@ltu/core";
import type { Stage } from "@ltu/runner";

const mark = "ltu-no-signal: ";

/**
 * A stage of a shadow model that leaves the reason in place of its artefact where feedback attacks find no signal in that
 * model. A method without its attacks cannot run there; of many shadow models one less is no reason to lose the audit.
 */
export function allowNoSignal(stage: Stage): Stage {
  return {
    ...stage,
    run: async (context) => {
      try {
        return await stage.run(context);
      } catch (error) {
        if (!isLtuError(error) || error.code !== "NO_SIGNAL") throw error;
        return new TextEncoder().encode(`${mark}${error.message}`);
      }
    },
  };
}

/** A stage that hands on the reason where a stage it builds on left one. */
export function unlessNoSignal(stage: Stage, before: Stage): Stage {
  return {
    ...stage,
    run: async (context) => {
      const bytes = await context.artefact(before);
      return noSignal(bytes) === undefined ? stage.run(context) : bytes;
    },
  };
}

/** The reason that stands in place of an artefact, if so. */
export function noSignal(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, mark.length));
  return text === mark ? new TextDecoder().decode(bytes.subarray(mark.length)) : undefined;
}
