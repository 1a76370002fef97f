/** What a long run tells about itself. */
export interface ProgressEvent {
  /** The name of the work, such as `"train"` or a method's name. */
  readonly task: string;
  /** Steps done and steps in all, counted from 1. */
  readonly step: number;
  readonly steps: number;
  /** Passes over the data done and in all, where the work has such. */
  readonly epoch?: number;
  readonly epochs?: number;
  /** Named numbers of this step: losses, norms, cosines. */
  readonly values?: Readonly<Record<string, number>>;
}

/** Receives progress; must not throw. */
export type OnProgress = (event: ProgressEvent) => void;

/**
 * What a loop offers its caller so that it can be stopped and gone on with: the loop loads once at its start,
 * and saves at stated points (every epoch). A resumed loop gives the result of an uninterrupted one.
 */
export interface CheckpointPort {
  load(): Promise<Uint8Array | undefined>;
  save(bytes: Uint8Array): Promise<void>;
}
