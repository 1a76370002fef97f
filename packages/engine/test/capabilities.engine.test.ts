import { capabilities, currentEngine } from "@ltu/engine";
import { describe, expect, it } from "vitest";

describe("capabilities", () => {
  it("describe the engine that runs", async () => {
    const found = await capabilities();

    expect(found.engine).toBe(currentEngine());
    expect(found.precision).toBe(32);
    expect(found.convGflops).toBeGreaterThan(0);
    expect(found.missing).not.toContain("Conv2DBackpropFilter");
    expect(found.kernels.length > 0).toBe(found.engine !== "cpu");
  });
});
