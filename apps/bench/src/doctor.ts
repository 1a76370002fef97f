import { availableParallelism, cpus, totalmem } from "node:os";

import { findAllData } from "@ltu/datasets/node";
import { capabilities, type EngineReport } from "@ltu/engine";

import { dataFolder } from "./data-folder.ts";
import { startEngine } from "./start-engine.ts";
import { versions } from "./versions.ts";

/** Options of the `doctor` command as typed. */
export interface DoctorOptions {
  readonly json?: boolean;
  readonly data?: string;
  readonly engine?: string;
}

/** What `doctor` found, as `--json` prints it. */
export interface DoctorReport {
  readonly engine: Pick<EngineReport, "name" | "description" | "threads" | "tried">;
  readonly capabilities: Awaited<ReturnType<typeof capabilities>>;
  readonly data: Awaited<ReturnType<typeof findAllData>>;
  readonly dataFolder: string | null;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly node: string;
  };
  readonly versions: Readonly<Record<string, string>>;
  /** What would make it faster, the most worthwhile first. */
  readonly advice: readonly string[];
}

/** `doctor`: engine, capabilities, measured convolution rate, data found, versions, and what would make it faster. */
export async function doctorCommand(options: DoctorOptions): Promise<void> {
  const report = await examine(options);
  console.log(options.json === true ? JSON.stringify(report, null, 2) : describeReport(report));
}

/** What this machine can do: engine, capabilities, measured convolution rate, data, versions, and what would make it faster. */
export async function examine(options: DoctorOptions): Promise<DoctorReport> {
  const folder = dataFolder(options);
  const { name, description, threads, tried, versions: libraries } = await startEngine(options);
  const engine = { name, description, threads, tried };
  const data = await findAllData(folder);
  return {
    engine,
    capabilities: await capabilities(),
    data,
    dataFolder: folder ?? null,
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryGiB: Number((totalmem() / 2 ** 30).toFixed(1)),
      node: process.version,
    },
    versions: await versions(libraries),
    advice: advise(engine, (options.engine ?? process.env["LTU_ENGINE"] ?? "") !== ""),
  };
}

function advise({ name, threads, tried }: DoctorReport["engine"], forced: boolean): string[] {
  const cores = availableParallelism();
  return [
    ...(forced
      ? [
          `${name} was asked for: leave --engine (and LTU_ENGINE) out, and the best engine that works is taken`,
        ]
      : []),
    ...tried.map(({ name: other, remedy }) => `${other}: ${remedy}`),
    ...(threads < cores && name !== "cpu"
      ? [`${threads} of ${cores} cores are used: leave --threads out to use all`]
      : []),
  ];
}

/** The report as lines for a person. */
export function describeReport({
  engine,
  capabilities: able,
  data,
  dataFolder: folder,
  machine,
  versions: found,
  advice,
}: DoctorReport): string {
  const list = (title: string, lines: readonly string[]): string[] => [
    "",
    title,
    ...lines.map((line) => `  ${line}`),
  ];
  const formOf = {
    "built-in": "comes with the repository",
    archive: "archive",
    files: "files",
    incomplete: "incomplete, lacks",
    absent: "not found",
  };
  return [
    `engine    ${engine.name}: ${engine.description}`,
    `rate      ${able.convGflops.toFixed(1)} GFLOP/s in a 3x3 convolution, float${able.precision}`,
    ...(able.missing.length === 0
      ? []
      : [`missing   ${able.missing.join(", ")}: models that need these cannot be trained on this engine`]),
    `kernels   ${able.kernels.length === 0 ? "no fast kernels, composed operations" : able.kernels.join(", ")}`,
    `machine   ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`,
    ...list(
      "Not used, and why",
      engine.tried.map(({ name, reason }) => `${name}: ${reason}`),
    ),
    ...list(
      `Data (folder: ${folder ?? "none given; --data FOLDER or LTU_DATA"})`,
      data.map(({ name, form, path, missing }) =>
        [name.padEnd(17), formOf[form], form === "incomplete" ? missing.join(", ") : (path ?? "")]
          .join(" ")
          .trimEnd(),
      ),
    ),
    ...list(
      "Versions",
      Object.entries(found).map(([name, version]) => `${name} ${version}`),
    ),
    ...list(
      "What would make it faster",
      advice.length === 0 ? ["nothing that this program knows of"] : advice,
    ),
  ].join("\n");
}
