// Makes the exported pages fit for `default-src 'self'`: inline scripts become files named by their
// content, and what can't become one (styles, handlers) ends the build. Then packs each file.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const OUT = fileURLToPath(new URL("../out", import.meta.url));
const INLINE = "_next/static/inline";
const PACKED = new Set([".html", ".js", ".css", ".txt", ".svg", ".json"]);
const SMALLEST = 1024;

// The server sends `404.html` where there is no page; of its other forms none is ever asked for.
const UNUSED = ["404", "_not-found", "_global-error", "_global-error.html"];
for (const name of UNUSED) rmSync(join(OUT, name), { recursive: true, force: true });

const files = readdirSync(OUT, { recursive: true })
  .map((name) => join(OUT, String(name)))
  .filter((path) => statSync(path).isFile());

mkdirSync(join(OUT, INLINE), { recursive: true });
for (const path of files.filter((path) => path.endsWith(".html"))) {
  const html = readFileSync(path, "utf8");
  const inline = /<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g;
  const code = [...html.matchAll(inline)].map((match) => match[1]).join(";\n");
  const name = `${INLINE}/${createHash("sha256").update(code).digest("hex").slice(0, 16)}.js`;
  let placed = false;
  const sealed = html.replace(inline, () => {
    if (placed) return "";
    placed = true;
    return `<script src="/${name}"></script>`;
  });
  const left = sealed.match(/<style|\sstyle="|\son[a-z]+="|"https?:\/\/(?!www\.w3\.org)/);
  if (left)
    throw new Error(
      `${path}: the content policy forbids ${sealed.slice(left.index, left.index + 80)}`,
    );
  if (placed) writeFileSync(join(OUT, name), code);
  writeFileSync(path, sealed);
}

const sums = { files: 0, raw: 0, brotli: 0 };
for (const entry of readdirSync(OUT, { recursive: true })) {
  const path = join(OUT, String(entry));
  if (!statSync(path).isFile()) continue;
  const content = readFileSync(path);
  sums.files += 1;
  sums.raw += content.length;
  if (!PACKED.has(extname(path)) || content.length < SMALLEST) continue;
  const brotli = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  sums.brotli += brotli.length;
  writeFileSync(`${path}.br`, brotli);
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
}
const kb = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
console.log(`sealed: ${sums.files} files, ${kb(sums.raw)}, by brotli ${kb(sums.brotli)}`);
