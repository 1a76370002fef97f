/** Which of the two gradients gives way where they conflict. */
export const harmonizeModes = ["off", "forgetOnly", "rememberOnly", "both"] as const;

/**
 * One of {@link harmonizeModes}.
 *
 * - `"off"`: none; the plain sum.
 * - `"forgetOnly"`: the forgetting gradient loses its component against the remembering gradient.
 * - `"rememberOnly"`: the reverse.
 * - `"both"`: each loses its component against the original other one, as PCGrad for two tasks.
 */
export type HarmonizeMode = (typeof harmonizeModes)[number];
