import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { ProgressEvent } from "@ltu/core";
import { describe, expect, it } from "vitest";

import { downloadCifar10 } from "../src/node.ts";
import { md5Of, withFolder } from "./small-cifar10.ts";

const archive = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) % 256);
const md5 = md5Of(archive);
const name = "cifar-10-binary.tar.gz";

/** Answers like a file server; the behaviour can change from request to request. */
interface Behaviour {
  readonly ranges?: boolean;
  /** Break the connection after so many bytes of the answer, once the client has written them to `part`. */
  readonly breakAfter?: number;
  readonly part?: string;
  readonly status?: number;
  readonly body?: Uint8Array;
  readonly withoutLength?: boolean;
}

async function withServer(
  behaviours: readonly Behaviour[],
  use: (url: string, requests: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const requests: IncomingMessage[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    const behaviour = behaviours[Math.min(requests.length, behaviours.length - 1)] as Behaviour;
    requests.push(request);
    const { ranges = true, status, breakAfter, part = "", body = archive, withoutLength = false } = behaviour;
    if (status !== undefined) {
      response.writeHead(status).end("no");
      return;
    }
    const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? "");
    const start = ranges && asked !== null ? Number(asked[1]) : 0;
    if (start > 0 && start >= body.length) {
      response.writeHead(416, { "content-range": `bytes */${body.length}` }).end();
      return;
    }
    const rest = body.subarray(start);
    const length = withoutLength ? {} : { "content-length": rest.length };
    if (start > 0) {
      response.writeHead(206, {
        ...length,
        "content-range": `bytes ${start}-${body.length - 1}/${body.length}`,
      });
    } else {
      response.writeHead(200, length);
    }
    if (breakAfter === undefined) {
      response.end(rest);
      return;
    }
    response.flushHeaders();
    if (breakAfter > 0) response.write(rest.subarray(0, breakAfter));
    const wanted = start + breakAfter;
    const breakWhenWritten = async (): Promise<void> => {
      while (breakAfter > 0 && (await sizeOf(part)) < wanted) await pause(2);
      response.destroy();
    };
    void breakWhenWritten();
  };
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  try {
    const { port } = server.address() as AddressInfo;
    await use(`http://127.0.0.1:${port}/${name}`, requests);
  } finally {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    ({ size }) => size,
    () => 0,
  );

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

describe("downloadCifar10", () => {
  it("fetches the archive, verifies it, tells bytes, total and rate, and leaves no part behind", async () => {
    await withServer([{}], async (url, requests) => {
      await withFolder(async (folder) => {
        const events: ProgressEvent[] = [];
        const to = join(folder, "new", "folder");
        const path = await downloadCifar10(to, { url, md5, onProgress: (event) => events.push(event) });
        expect(path).toBe(join(to, name));
        expect(md5Of(await readFile(path))).toBe(md5);
        expect(await exists(`${path}.part`)).toBe(false);
        expect(events.at(-1)).toMatchObject({
          task: "download cifar10",
          step: archive.length,
          steps: archive.length,
          values: { bytes: archive.length, total: archive.length },
        });
        expect(events.at(-1)?.values?.["bytesPerSecond"]).toBeGreaterThan(0);

        // What is there and right is not fetched again.
        await downloadCifar10(to, { url, md5 });
        expect(requests).toHaveLength(1);
      });
    });
  });

  it("goes on after a break, by a range, within one call", async () => {
    await withFolder(async (folder) => {
      const part = join(folder, `${name}.part`);
      const behaviours = [{ breakAfter: 100_000, part }, { breakAfter: 50_000, part }, {}];
      await withServer(behaviours, async (url, requests) => {
        const path = await downloadCifar10(folder, { url, md5 });
        expect(md5Of(await readFile(path))).toBe(md5);
        expect(requests.map(({ headers }) => headers.range)).toEqual([
          undefined,
          "bytes=100000-",
          "bytes=150000-",
        ]);
      });
    });
  });

  it("keeps what it has when the connection fails for good, and goes on in a later call", async () => {
    await withFolder(async (folder) => {
      const part = join(folder, `${name}.part`);
      await withServer([{ breakAfter: 100_000, part }, { breakAfter: 0 }], async (url) => {
        await expect(downloadCifar10(folder, { url, md5, attempts: 1 })).rejects.toMatchObject({
          code: "DATA",
          message: expect.stringMatching(
            /run it again to go on after the 100000 bytes in .*\.part, or fetch/,
          ),
        });
        expect((await stat(part)).size).toBe(100_000);
      });
      await withServer([{}], async (url, requests) => {
        const path = await downloadCifar10(folder, { url, md5 });
        expect(md5Of(await readFile(path))).toBe(md5);
        expect(requests[0]?.headers.range).toBe("bytes=100000-");
        expect(await exists(part)).toBe(false);
      });
    });
  });

  it("starts again where the server ignores the range", async () => {
    await withFolder(async (folder) => {
      const part = join(folder, `${name}.part`);
      await withServer([{ ranges: false, breakAfter: 100_000, part }, { ranges: false }], async (url) => {
        const path = await downloadCifar10(folder, { url, md5 });
        expect(md5Of(await readFile(path))).toBe(md5);
      });
    });
  });

  it("takes a part that is already whole", async () => {
    await withServer([{}], async (url, requests) => {
      await withFolder(async (folder) => {
        await writeFile(join(folder, `${name}.part`), archive);
        const path = await downloadCifar10(folder, { url, md5 });
        expect(md5Of(await readFile(path))).toBe(md5);
        expect(requests).toHaveLength(1);
      });
    });
  });

  it("starts again once when the part belongs to another file", async () => {
    for (const length of [1000, archive.length + 5]) {
      await withServer([{}], async (url) => {
        await withFolder(async (folder) => {
          await writeFile(join(folder, `${name}.part`), new Uint8Array(length).fill(9));
          expect(md5Of(await readFile(await downloadCifar10(folder, { url, md5 })))).toBe(md5);
        });
      });
    }
  });

  it("replaces an archive that is there and wrong", async () => {
    await withServer([{}], async (url) => {
      await withFolder(async (folder) => {
        await writeFile(join(folder, name), "old and broken");
        expect(md5Of(await readFile(await downloadCifar10(folder, { url, md5 })))).toBe(md5);
      });
    });
  });

  it("refuses a whole archive with another checksum: nothing keeps its name", async () => {
    await withServer([{ body: archive.subarray(1) }], async (url) => {
      await withFolder(async (folder) => {
        await expect(downloadCifar10(folder, { url, md5 })).rejects.toMatchObject({
          code: "DATA",
          message: `downloadCifar10: ${url}: expected MD5 ${md5}, found ${md5Of(archive.subarray(1))}; fetch cifar-10-binary.tar.gz (MD5 ${md5}) by hand from https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz and put it at ${join(folder, name)}.`,
        });
        expect(await exists(join(folder, name))).toBe(false);
        expect(await exists(join(folder, `${name}.part`))).toBe(false);
      });
    });
  });

  it("works without a length in the answer", async () => {
    await withServer([{ withoutLength: true }], async (url) => {
      await withFolder(async (folder) => {
        const events: ProgressEvent[] = [];
        const path = await downloadCifar10(folder, { url, md5, onProgress: (event) => events.push(event) });
        expect(md5Of(await readFile(path))).toBe(md5);
        expect(events.at(-1)?.values).not.toHaveProperty("total");
      });
    });
  });

  it("says what to fetch by hand when the page is gone or nobody answers", async () => {
    await withFolder(async (folder) => {
      const byHand =
        /fetch cifar-10-binary\.tar\.gz \(MD5 \w+\) by hand from https.* and put it at .*tar\.gz\.$/;
      let gone = "";
      await withServer([{ status: 404 }], async (url, requests) => {
        gone = url;
        await expect(downloadCifar10(folder, { url, md5 })).rejects.toMatchObject({
          code: "DATA",
          message: expect.stringMatching(/found HTTP status 404/),
        });
        await expect(downloadCifar10(folder, { url, md5 })).rejects.toThrow(byHand);
        expect(requests).toHaveLength(2);
      });
      const refused = downloadCifar10(folder, { url: gone, md5, attempts: 1 });
      await expect(refused).rejects.toThrow(byHand);
      await expect(refused).rejects.toThrow(/connection that fails \(.*ECONNREFUSED/);
      expect(await exists(join(folder, name))).toBe(false);
    });
  });

  it("says so when the folder cannot be written", async () => {
    await withFolder(async (folder) => {
      await writeFile(join(folder, "file"), "");
      await expect(downloadCifar10(join(folder, "file", "below"), { md5 })).rejects.toMatchObject({
        code: "STORE",
        message: expect.stringMatching(/expected a place that can be written/),
      });
      await mkdir(join(folder, `${name}.part`));
      await withServer([{}], async (url) => {
        await expect(downloadCifar10(folder, { url, md5 })).rejects.toMatchObject({ code: "STORE" });
      });
    });
  });

  it("stops when asked to and keeps what it has", async () => {
    await withFolder(async (folder) => {
      const part = join(folder, `${name}.part`);
      await withServer([{ breakAfter: 100_000, part }, { breakAfter: 0 }], async (url) => {
        const stop = new AbortController();
        const running = downloadCifar10(folder, { url, md5, attempts: 50, signal: stop.signal });
        const stopWhenWritten = async (): Promise<void> => {
          while ((await sizeOf(part)) < 100_000) await pause(2);
          stop.abort();
        };
        void stopWhenWritten();
        await expect(running).rejects.toMatchObject({ code: "ABORTED" });
        expect((await stat(part)).size).toBe(100_000);
      });
    });
  });
});
