import { currentBytes, peakBytes, tensorCount, withLeakCheck } from "@ltu/engine";
import { add, ones, tidy, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

describe("tensorCount and currentBytes", () => {
  it("follow what is made and released", () => {
    const [count, bytes] = [tensorCount(), currentBytes()];
    const x = ones([10]);
    expect(tensorCount() - count).toBe(1);
    expect(currentBytes() - bytes).toBe(40);
    x.dispose();
    expect(currentBytes()).toBe(bytes);
  });
});

describe("peakBytes", () => {
  it("sees what was released again", async () => {
    const before = currentBytes();

    const { result, peak } = await peakBytes(() => tidy(() => add(ones([1000]), ones([1000])).size));

    expect(result).toBe(1000);
    expect(peak - before).toBe(12_000);
    expect(currentBytes()).toBe(before);
  });

  it("counts on afterwards, nested and after an error", async () => {
    const before = currentBytes();
    const { result } = await peakBytes(() => peakBytes(() => ones([5])));
    await expect(peakBytes(() => Promise.reject(new Error("stop")))).rejects.toThrow("stop");
    expect(currentBytes() - before).toBe(20);
    result.result.dispose();
    expect(currentBytes()).toBe(before);
  });
});

describe("withLeakCheck", () => {
  it("passes a result on, whose tensors do not count", async () => {
    const { x } = await withLeakCheck("test", () => ({ x: ones([2]) }));
    x.dispose();
  });

  it("names who left tensors and how many", async () => {
    let left: Tensor | undefined;
    await expect(
      withLeakCheck("test", () => {
        left = ones([2]);
      }),
    ).rejects.toThrow("test: expected to leave only the 0 tensors it returns, found 1 more");
    left?.dispose();
  });

  it("notices that a borrowed tensor was disposed", async () => {
    const borrowed = ones([2]);
    await expect(withLeakCheck("test", () => borrowed.dispose())).rejects.toThrow("found 1 of them disposed");
  });
});
