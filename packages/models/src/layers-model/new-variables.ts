import { engine } from "@tensorflow/tfjs-core";

/**
 * Notes which variables exist. When building a model fails halfway, TensorFlow.js leaves those it had made; the
 * returned function disposes what came since. Between the two calls nothing else may make variables.
 */
export function newVariables(): { dispose(): void } {
  const variables = (): ReturnType<typeof engine>["state"]["registeredVariables"] =>
    engine().state.registeredVariables;
  const before = new Set(Object.keys(variables()));
  return {
    dispose: () => {
      for (const [name, variable] of Object.entries(variables())) if (!before.has(name)) variable.dispose();
    },
  };
}
