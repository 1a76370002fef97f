import { alignedMtl } from "./aligned-mtl.ts";
import { cagrad, type CagradOptions } from "./cagrad.ts";
import { imtlG, type ImtlGOptions } from "./imtl-g.ts";
import { mgda } from "./mgda.ts";
import { pcgrad, type PcgradOptions } from "./pcgrad.ts";
import { upgrad } from "./upgrad.ts";

/** A rule: from the Gramian of k gradients, `[k, k]` row-major, to their k weights. */
export type Rule = (gram: Float64Array) => ArrayLike<number>;

/** The options that each of the {@link rules} takes. */
export interface RuleOptions {
  readonly alignedMtl: object;
  readonly cagrad: CagradOptions;
  readonly imtlG: ImtlGOptions;
  readonly mgda: object;
  readonly pcgrad: PcgradOptions;
  readonly upgrad: object;
}

/** The name of one of the {@link rules}. */
export type RuleName = keyof RuleOptions;

/** All rules by name: pure functions from a Gramian to weights. */
export const rules: Readonly<{
  [Name in RuleName]: (gram: ArrayLike<number>, options?: RuleOptions[Name]) => number[];
}> = { alignedMtl, cagrad, imtlG, mgda, pcgrad, upgrad };
