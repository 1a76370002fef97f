import { engineNames, resolveEngine, type EngineName } from "@ltu/engine";
import { add, getBackend, scalar, tidy } from "@tensorflow/tfjs-core";
import { describe, expect, it, vi } from "vitest";

describe("resolveEngine", () => {
  it("gives the required engine and says what runs", async () => {
    const engine = await resolveEngine({ require: "cpu" });

    expect(engine).toMatchObject({ name: "cpu", threads: 1, tried: [] });
    expect(engine.versions["@tensorflow/tfjs-core"]).toMatch(/^4\./);
    expect(getBackend()).toBe("cpu");
  });

  it("gives the same report when asked again", async () => {
    expect(await resolveEngine({ require: "cpu" })).toEqual(await resolveEngine({ require: "cpu" }));
  });

  it("switches between engines of one process, and back", async () => {
    await resolveEngine({ require: "wasm" });
    expect(getBackend()).toBe("wasm");
    const sum = tidy(() => add(scalar(1), scalar(2)));
    expect((await sum.data())[0]).toBe(3);
    sum.dispose();
    await resolveEngine({ require: "cpu" });
    expect(getBackend()).toBe("cpu");
  });

  it("takes the first preferred engine that runs and reports the others with reason and remedy", async () => {
    // No adapter: the machine's WebGPU, if any, is hidden.
    vi.stubGlobal("navigator", { gpu: { requestAdapter: () => Promise.resolve(null) } });

    const engine = await resolveEngine({ prefer: ["webgpu", "cpu"] });

    vi.unstubAllGlobals();
    expect(engine.name).toBe("cpu");
    expect(engine.tried).toEqual([
      {
        name: "webgpu",
        reason: "no GPU adapter was found",
        remedy: "install the GPU's driver or choose wasm",
      },
    ]);
  });

  it("does not choose a software WebGPU adapter by itself", async () => {
    const info = { vendor: "google", architecture: "swiftshader" };
    vi.stubGlobal("navigator", { gpu: { requestAdapter: () => Promise.resolve({ info }) } });

    const { tried } = await resolveEngine({ prefer: ["webgpu", "cpu"] });

    vi.unstubAllGlobals();
    expect(tried[0]?.reason).toBe("the adapter is software, not a GPU (google swiftshader)");
  });

  it("refuses a required engine that cannot run, with the way out", async () => {
    vi.stubGlobal("navigator", { gpu: { requestAdapter: () => Promise.resolve(null) } });

    const error = await resolveEngine({ require: "webgpu" }).catch((thrown: unknown) => thrown);

    vi.unstubAllGlobals();
    expect(error).toMatchObject({
      code: "BACKEND",
      message:
        "engine webgpu: cannot run here, no GPU adapter was found; install the GPU's driver or choose wasm.",
    });
  });

  it("names every engine it tried when none runs", async () => {
    vi.stubGlobal("navigator", { gpu: { requestAdapter: () => Promise.resolve(null) } });

    const error = await resolveEngine({ prefer: ["webgpu"] }).catch((thrown: unknown) => thrown);

    vi.unstubAllGlobals();
    expect(error).toMatchObject({ code: "BACKEND" });
    expect(String(error)).toContain("webgpu: no GPU adapter was found");
  });

  it("refuses a name that is none, with the valid ones", async () => {
    await expect(resolveEngine({ require: "wsam" as EngineName })).rejects.toMatchObject({
      code: "OPTION",
      message: `resolveEngine: an engine must be one of ${engineNames.join(", ")}, found "wsam"; choose one of these.`,
    });
    await expect(resolveEngine({ prefer: ["gpu" as EngineName] })).rejects.toMatchObject({ code: "OPTION" });
  });

  it.each([0, -1, 1.5, Number.NaN, 100_000])("refuses %d threads", async (threads) => {
    await expect(resolveEngine({ require: "cpu", threads })).rejects.toMatchObject({ code: "OPTION" });
  });

  it("refuses another number of threads once wasm runs", async () => {
    const { threads } = await resolveEngine({ require: "wasm" });

    await expect(resolveEngine({ require: "wasm", threads: threads + 1 })).rejects.toMatchObject({
      code: "OPTION",
    });

    await resolveEngine({ require: "cpu" });
  });
});
