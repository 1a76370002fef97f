import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

const engine = fileURLToPath(new URL("../src/index.ts", import.meta.url));
const core = createRequire(import.meta.url).resolve("@tensorflow/tfjs-core");
const tsx = pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
const tsxApi = pathToFileURL(
  createRequire(import.meta.url)
    .resolve("tsx/esm/api")
    .replace(/cjs$/, "mjs"),
).href;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ltu-threads-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let programs = 0;

/** Runs a program in a folder of its own, which is its folder for temporary files as well; it must end by itself. */
async function run(program: string, { byFlag = false }: { byFlag?: boolean } = {}): Promise<string> {
  const source = `
    import { createRequire } from "node:module";
    import { isMainThread, parentPort, Worker } from "node:worker_threads";
    // The flag --import does not reach worker threads.
    if (!isMainThread) (await import(${JSON.stringify(tsxApi)})).register();
    const { resolveEngine } = await import(${JSON.stringify(pathToFileURL(engine).href)});
    const tf = createRequire(${JSON.stringify(import.meta.url)})(${JSON.stringify(core)});
    ${program}
  `;
  const file = `program${programs++}.mjs`;
  await writeFile(join(folder, file), source);
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      "--import",
      tsx,
      "--conditions",
      "@ltu/source",
      ...(byFlag ? ["--input-type=module", "--eval", source] : [file]),
    ],
    { cwd: folder, timeout: 600_000, env: { ...process.env, TMPDIR: folder } },
  );
  expect(stderr).toBe("");
  return stdout.trim();
}

const convolve = `
  const x = tf.tidy(() => tf.reshape(tf.linspace(-1, 1, 8 * 16 * 16 * 8), [8, 16, 16, 8]));
  const w = tf.tidy(() => tf.reshape(tf.linspace(-1, 1, 9 * 8 * 32), [3, 3, 8, 32]));
  const y = tf.conv2d(x, w, 1, "same");
  const values = await y.data();
  const total = values.reduce((sum, value) => sum + Math.abs(value), 0);
`;

describe("wasm with threads in Node", () => {
  it("runs from any folder, ends by itself and leaves no file", async () => {
    const printed = await run(`
      const engine = await resolveEngine({ require: "wasm", threads: 2 });
      ${convolve}
      console.log(engine.threads, engine.description, total > 0);
      console.log(process.listenerCount("uncaughtException"), "Worker" in globalThis);
    `);

    expect(printed).toBe("2 WebAssembly with SIMD, 2 threads true\n0 false");
    expect((await readdir(folder)).filter((name) => name.startsWith("ltu-wasm-"))).toEqual([]);
  });

  it("gives the same numbers with one thread and with three", async () => {
    const totals = await Promise.all(
      [1, 3].map((threads) =>
        run(`
          const engine = await resolveEngine({ require: "wasm", threads: ${threads} });
          ${convolve}
          console.log(engine.threads, total);
        `),
      ),
    );

    expect(totals.map((line) => line.split(" ")[0])).toEqual(["1", "3"]);
    expect(totals[0]?.split(" ")[1]).toBe(totals[1]?.split(" ")[1]);
  });

  it("starts in a program given by a flag, whose flags are not for its workers", async () => {
    expect(
      await run(`console.log((await resolveEngine({ require: "wasm", threads: 2 })).threads);`, {
        byFlag: true,
      }),
    ).toBe("2");
  });

  it("falls back to one thread where it cannot write its scripts, and says why", async () => {
    const printed = await run(`
      process.env.TMPDIR = process.cwd() + "/program0.mjs/below-a-file";
      const { threads, description } = await resolveEngine({ require: "wasm", threads: 2 });
      const again = await resolveEngine({ require: "wasm", threads: 2 });
      console.log(threads, again.threads, description);
    `);

    expect(printed).toMatch(/^1 1 WebAssembly with SIMD, 1 thread, because ENOTDIR/);
  });

  it("runs inside a worker thread of the caller, which can be ended", async () => {
    const printed = await run(`
      if (isMainThread) {
        const worker = new Worker(new URL(import.meta.url));
        const message = await new Promise((resolve, reject) =>
          worker.once("message", resolve).once("error", reject),
        );
        await worker.terminate();
        console.log(JSON.stringify(message));
      } else {
        const engine = await resolveEngine({ require: "wasm", threads: 2 });
        const y = tf.tidy(() => tf.conv2d(tf.ones([4, 8, 8, 4]), tf.ones([3, 3, 4, 8]), 1, "valid"));
        parentPort.postMessage([engine.threads, (await y.data())[0]]);
      }
    `);

    expect(printed).toBe("[2,36]");
  });
});
