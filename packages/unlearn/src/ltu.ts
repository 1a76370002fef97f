import { zerosLike } from "@tensorflow/tfjs-core";

import {
  cloneParams,
  disposeParams,
  isLtuError,
  LtuError,
  mapParams,
  type FeedbackAttack,
  type ModelWeights,
  type Params,
  type Unlearner,
  type UnlearnRequest,
  type UnlearnResult,
} from "@ltu/core";
import { harmonize } from "@ltu/harmonize";
import { disposeMetaGradient } from "@ltu/meta-opt";
import { checkModelAndData, createTurn, encodeCheckpoint, loadCheckpoint, sgd } from "@ltu/train";

import type { CostLedger } from "./cost-ledger.ts";
import { forgetFeedback, type ForgetFeedback, type ForgetSets } from "./forget-feedback.ts";
import type { LtuContext } from "./ltu-context.ts";
import type { LtuOptions, OptionSetName } from "./option-sets.ts";
import { passesOver } from "./passes.ts";
import { drawQuerySets, querySetSize, readLabels, refreshLosses } from "./query-sets.ts";
import { rememberFeedback } from "./remember-feedback.ts";
import { resolveOptions } from "./resolve-options.ts";

/** What {@link ltu} is given: attacks, a named option set, and any option to override. */
export interface LtuConfig extends Partial<LtuOptions> {
  /** The K frozen attacks that give forgetting feedback, fitted on the original model's outputs. */
  readonly attacks: readonly FeedbackAttack[];
  /** Default `"recommended"`. */
  readonly optionSet?: OptionSetName | undefined;
}

/** One number a step. */
interface LtuHistory extends Record<string, number[]> {
  tuneLoss: number[];
  testLoss: number[];
  forgetLoss: number[];
  cosine: number[];
  conflict: number[];
  rememberNorm: number[];
  forgetNorm: number[];
  forgetScale: number[];
  attackMean: number[];
}

/** What a checkpoint holds beside the tensors. */
interface Cursor {
  readonly epoch: number;
  readonly history: LtuHistory;
  readonly ledger: CostLedger;
}

/**
 * Learning to Unlearn (LTU) as an unlearning method.
 *
 * ```text
 * repeat epochs x steps
 *   g_r = metaGradient(theta, support: forget set with random labels, queries: accessible retain set)
 *   g_f = metaGradient(theta, support: one attack on half an audit batch, queries: the others on the other half)
 *   theta = sgd(theta, harmonize(g_r, g_f))
 * ```
 *
 * It reads the forget set and the accessible share of the retain set, nothing else; the attacks carry what they
 * know of non-members. An epoch has max(ceil(|forget| / batchSize), ceil(|accessibleRetain| / batchSize)) steps.
 * A run resumed from a checkpoint gives the weights of an uninterrupted one, bit for bit.
 *
 * @returns An unlearner named `ltu-<option set>`; the weights it returns belong to the caller. Its history has one
 * number a step: tune, test and forget loss, cosine and conflict of the two gradients, their norms, what the
 * forgetting one was scaled by, and the mean attack logit.
 * @throws LtuError `OPTION` for unknown or contradictory options, `DATA` for empty sets, `DIVERGED` naming the step,
 * `ABORTED` on request.
 *
 * Source: "Learning to Unlearn for Robust Machine Unlearning", M. H. Huang, L. G. Foo, J. Liu, ECCV 2024, arXiv
 * 2407.10494; re-implemented from its figure and summaries. Unstated details are ours: see the README.
 *
 * @example
 * ```ts
 * import { ltu } from "@ltu/unlearn";
 *
 * const unlearner = ltu({ attacks: [], forgetWeight: 0, supportGate: false });
 * console.log(unlearner.name, unlearner.needs.retain, unlearner.options.anchorWeight); // → ltu-recommended rho 4
 * ```
 */
export function ltu({ attacks, optionSet = "recommended", ...overrides }: LtuConfig): Unlearner {
  const options = resolveOptions(optionSet, overrides);
  checkAttacks(attacks, options);
  const name = `ltu-${optionSet}`;
  return {
    name,
    needs: { forget: true, retain: "rho", val: false },
    options: {
      optionSet,
      ...options,
      attacks: attacks.map((attack) => ({ name: attack.name, heldOutAuc: attack.heldOutAuc })),
    },
    unlearn: (request) => run(request, { name, attacks, options }),
  };
}

async function run(
  request: UnlearnRequest,
  {
    name,
    attacks,
    options,
  }: {
    readonly name: string;
    readonly attacks: readonly FeedbackAttack[];
    readonly options: LtuOptions;
  },
): Promise<UnlearnResult> {
  const { model, original, batches, forgetSet, rng, signal, onProgress, checkpoint } = request;
  const accessibleRetain = request.accessibleRetain ?? new Int32Array(0);
  const started = performance.now();
  checkModelAndData(name, model, batches);
  if (forgetSet.length === 0) {
    throw new LtuError(
      "DATA",
      `${name}: expected a forget set, found none; name at least one sample to forget.`,
    );
  }
  const { epochs, batchSize, samplers: names, outerLr: lr, momentum, weightDecay } = options;
  const size = querySetSize(accessibleRetain.length, { queryBatch: options.queryBatch, names });
  const stepsPerEpoch = Math.max(
    Math.ceil(forgetSet.length / batchSize),
    Math.ceil(accessibleRetain.length / batchSize),
  );
  const steps = epochs * stepsPerEpoch;
  const supportAt = passesOver(forgetSet, { batchSize, rng: rng.split("support") });
  const auditAt = passesOver(forgetSet, { batchSize, rng: rng.split("audit") });
  const labels = readLabels(batches, accessibleRetain);
  const turn = createTurn(name, { signal });

  const fingerprint = {
    task: name,
    model: model.name,
    classes: model.classes,
    rng: rng.key,
    options,
    attacks: attacks.map((attack) => [attack.name, attack.heldOutAuc, attack.nonMember.mean]),
    sets: [forgetSet.length, accessibleRetain.length],
  };
  const resumed = await loadCheckpoint<Cursor>(checkpoint, { fingerprint });
  let weights = resumed?.weights ?? copyOf(original);
  let velocity = resumed?.velocity ?? sgd.init(weights.params);
  const history = resumed?.cursor.history ?? emptyHistory();
  const ledger = resumed?.cursor.ledger ?? { imagesForward: 0, imagesBackward: 0 };
  const context: LtuContext = { model, original, batches, attacks, options, ledger };

  try {
    for (let epoch = resumed?.cursor.epoch ?? 0; epoch < epochs; epoch++) {
      const losses = names.includes("hard")
        ? await refreshLosses({ model, batches, ledger, signal }, weights, accessibleRetain)
        : undefined;
      for (let place = 0; place < stepsPerEpoch; place++) {
        await turn();
        const step = epoch * stepsPerEpoch + place;
        const stepRng = rng.split(`step/${step}`);
        const owned: (() => void)[] = [];
        try {
          const queries = drawQuerySets(accessibleRetain, {
            names,
            size,
            statistics: { labels, losses },
            rng: stepRng.split("query"),
          });
          const remembered = await rememberFeedback(context, weights, {
            support: supportAt(step),
            queries,
            rng: stepRng.split("remember"),
          });
          owned.push(() => disposeMetaGradient(remembered));
          let stats: Params | undefined = remembered.stats;
          owned.push(() => disposeParams(stats ?? {}));
          const forgotten = await forgetOrZero(context, weights, {
            audit: auditAt(step),
            rng: stepRng.split("forget"),
          });
          owned.push(() => disposeMetaGradient(forgotten));
          const harmonized = await harmonize(remembered.gradient, forgotten.gradient, {
            mode: options.mode,
            forgetWeight: options.forgetWeight,
            forgetNormCap: options.forgetNormCap ?? undefined,
          });
          const next = sgd.step(weights.params, harmonized.gradient, velocity, { lr, momentum, weightDecay });
          disposeParams(harmonized.gradient);
          release(weights, velocity);
          weights = { params: next.params, stats };
          velocity = next.state;
          stats = undefined;

          const values = {
            tuneLoss: remembered.tuneLoss,
            testLoss: meanOf(remembered.testLosses),
            forgetLoss: (forgotten.tuneLoss + meanOf(forgotten.testLosses)) / 2,
            cosine: harmonized.cosine,
            conflict: harmonized.conflicted ? 1 : 0,
            rememberNorm: harmonized.rememberNorm,
            forgetNorm: harmonized.forgetNorm,
            forgetScale: harmonized.forgetScale,
            attackMean: forgotten.attackMean,
          };
          for (const [series, value] of Object.entries(values)) history[series]?.push(value);
          onProgress?.({ task: name, step: step + 1, steps, epoch: epoch + 1, epochs, values });
        } catch (error) {
          throw atStep(error, { name, step, steps });
        } finally {
          owned.forEach((releaseOne) => releaseOne());
        }
      }
      const cursor: Cursor = { epoch: epoch + 1, history, ledger };
      await checkpoint?.save(await encodeCheckpoint({ weights, velocity, cursor }, { fingerprint }));
    }
  } catch (error) {
    release(weights, velocity);
    throw error;
  }
  disposeParams(velocity);
  return { weights, model, history, cost: { ...ledger, steps, wallMs: performance.now() - started } };
}

/** The forgetting feedback, or a zero gradient where its weight is zero. */
async function forgetOrZero(
  context: LtuContext,
  weights: ModelWeights,
  sets: ForgetSets,
): Promise<ForgetFeedback> {
  if (context.options.forgetWeight > 0) return forgetFeedback(context, weights, sets);
  const zero = (): Params => mapParams(weights.params, (tensor) => zerosLike(tensor));
  return {
    gradient: zero(),
    tuneGradient: zero(),
    testGradient: zero(),
    curvature: undefined,
    tuneLoss: 0,
    innerLosses: [],
    testLosses: [],
    evaluations: { tune: 0, test: 0 },
    attackMean: 0,
  };
}

function checkAttacks(attacks: readonly FeedbackAttack[], { forgetWeight, supportGate }: LtuOptions): void {
  if (attacks.length === 0 && (forgetWeight > 0 || supportGate)) {
    throw new LtuError(
      "OPTION",
      "ltu: attacks must hold at least one feedback attack, found none; fit some with @ltu/mia, or set forgetWeight to 0 and supportGate to false.",
    );
  }
  const wrong = attacks.find((attack) => (attack.role as string) !== "feedback");
  if (wrong !== undefined) {
    throw new LtuError(
      "FIREWALL",
      `ltu: attacks must be feedback attacks, found the ${String(wrong.role)} "${wrong.name}"; an attack that audits the result must not have trained it.`,
    );
  }
}

/** Names the step at which a loss or a gradient stopped being finite. */
function atStep(
  error: unknown,
  { name, step, steps }: { readonly name: string; readonly step: number; readonly steps: number },
): unknown {
  if (!isLtuError(error) || error.code !== "DIVERGED") return error;
  return new LtuError("DIVERGED", `${name}: diverged at step ${step + 1} of ${steps}: ${error.message}`, {
    cause: error,
  });
}

function emptyHistory(): LtuHistory {
  return {
    tuneLoss: [],
    testLoss: [],
    forgetLoss: [],
    cosine: [],
    conflict: [],
    rememberNorm: [],
    forgetNorm: [],
    forgetScale: [],
    attackMean: [],
  };
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((total, value) => total + value, 0) / values.length;
}

function copyOf({ params, stats }: ModelWeights): ModelWeights {
  return { params: cloneParams(params), stats: cloneParams(stats) };
}

function release({ params, stats }: ModelWeights, velocity: Params): void {
  [params, stats, velocity].forEach(disposeParams);
}
