import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { describeReport, examine, type DoctorReport } from "../src/doctor.ts";
import { runBench, temporaryFolder } from "./run-bench.ts";

describe("doctor", () => {
  it("tells engine, measured rate, kernels, machine, data and versions", async () => {
    const data = temporaryFolder();
    mkdirSync(join(data, "cifar-10-batches-bin"));
    writeFileSync(join(data, "cifar-10-batches-bin", "data_batch_1.bin"), "");
    const report = await examine({ engine: "cpu", data });
    expect(report.engine).toMatchObject({ name: "cpu", threads: 1, tried: [] });
    expect(report.capabilities).toMatchObject({ engine: "cpu", precision: 32 });
    expect(report.capabilities.convGflops).toBeGreaterThan(0);
    expect(report.dataFolder).toBe(data);
    const found = Object.fromEntries(report.data.map(({ name, form }) => [name, form]));
    expect(found).toMatchObject({ cifar10: "incomplete", "fashion-mini": "built-in", mnist: "absent" });
    expect(report.versions["@tensorflow/tfjs-core"]).toBe("4.22.0");
    expect(report.machine.node).toBe(process.version);
    expect(report.advice).toEqual([expect.stringContaining("cpu was asked for: leave --engine")]);
  });

  it("says each of it in lines, and of each engine that is not used why and what would help", () => {
    const report: DoctorReport = {
      engine: {
        name: "wasm",
        description: "WebAssembly with SIMD, 1 thread",
        threads: 1,
        tried: [{ name: "native", reason: "it has no libtensorflow", remedy: "run npm run native" }],
      },
      capabilities: {
        engine: "wasm",
        precision: 32,
        convGflops: 25.04,
        kernels: ["sgd"],
        missing: ["Einsum"],
      },
      data: [{ name: "cifar10", form: "incomplete", path: "/data", missing: ["test_batch.bin"] }],
      dataFolder: "/data",
      machine: { cpu: "a processor", cores: 2, memoryGiB: 8, node: "v20.19.0" },
      versions: { "@tensorflow/tfjs-core": "4.22.0" },
      advice: ["native: run npm run native"],
    };
    const lines = describeReport(report).split("\n");
    for (const line of [
      "engine    wasm: WebAssembly with SIMD, 1 thread",
      "rate      25.0 GFLOP/s in a 3x3 convolution, float32",
      "missing   Einsum: models that need these cannot be trained on this engine",
      "kernels   sgd",
      "machine   a processor, 2 cores, 8 GiB, Node v20.19.0",
      "  native: it has no libtensorflow",
      "Data (folder: /data)",
      "  cifar10           incomplete, lacks test_batch.bin",
      "  @tensorflow/tfjs-core 4.22.0",
      "  native: run npm run native",
    ])
      expect(lines).toContain(line);
    expect(describeReport({ ...report, advice: [] })).toMatch(/nothing that this program knows of$/);
  });

  it("prints the same as JSON", async () => {
    const { stdout, stderr, code } = await runBench(["doctor", "--json", "--engine", "cpu"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    const report = JSON.parse(stdout) as DoctorReport;
    expect(Object.keys(report).sort()).toEqual(
      ["advice", "capabilities", "data", "dataFolder", "engine", "machine", "versions"].sort(),
    );
    expect(report.dataFolder).toBeNull();
    expect(report.capabilities.convGflops).toBeGreaterThan(0);
  });
});
