import type { Json } from "./result.ts";

/** The version of the format of measured mechanisms that this package writes and reads. */
export const mechanismsVersion = 1;

/** One measured quantity at one place of the x axis. */
export interface MechanismPoint {
  readonly x: number | string;
  /** One number for each seed of the part, in their order. */
  readonly values: readonly number[];
}

/** A line or a column of points. */
export interface MechanismSeries {
  readonly name: string;
  readonly points: readonly MechanismPoint[];
}

/** One question, what was measured to answer it, and what was found. */
export interface MechanismPart {
  /** Letters, digits and hyphens; unique. */
  readonly id: string;
  readonly title: string;
  /** What was built and measured, in a few sentences. */
  readonly method: string;
  readonly x: { readonly name: string; readonly isNumber: boolean };
  readonly y: { readonly name: string; readonly reference?: number | undefined };
  readonly seeds: readonly number[];
  readonly series: readonly MechanismSeries[];
  /** A difference of two series at each x, taken seed by seed. */
  readonly contrast?: { readonly name: string; readonly of: string; readonly minus: string } | undefined;
  readonly notes: readonly string[];
}

/** The content of the `study.json` of small computations that show a mechanism. */
export interface Mechanisms {
  readonly schemaVersion: 1;
  readonly kind: "mechanisms";
  readonly name: string;
  readonly description: string;
  readonly config: Json;
  readonly engine: { readonly name: string; readonly threads: number };
  readonly versions: Readonly<Record<string, string>>;
  readonly parts: readonly MechanismPart[];
  readonly stages: readonly { readonly name: string; readonly key: string }[];
  readonly times: { readonly totalSeconds: number; readonly finishedAt?: string | undefined };
  readonly machine: Readonly<Record<string, Json>>;
}
