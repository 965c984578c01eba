// A static server for the built demo page, on a free port of this machine.
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".json": "application/json", ".wasm": "application/wasm", ".svg": "image/svg+xml", ".webp": "image/webp", ".jpg": "image/jpeg" };

/** Serves `root`; `mounts` maps path prefixes to other folders; `headers` are added to every response. */
export async function serve(root, { port = 0, mounts = {}, headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const mount = Object.keys(mounts).find((prefix) => path.startsWith(prefix));
    const base = mount ? join(mounts[mount], path.slice(mount.length)) : join(root, path);
    const file = base.endsWith("/") ? join(base, "index.html") : base;
    const found = await stat(file).catch(() => undefined);
    if (!found?.isFile()) return response.writeHead(404).end("not found");
    response.writeHead(200, { ...headers, "content-type": TYPES[extname(file)] ?? "application/octet-stream", "content-length": found.size });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { url: `http://localhost:${server.address().port}/`, close: () => server.close() };
}
