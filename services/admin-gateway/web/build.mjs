// Bundles the dashboard into dist/ and, with --cpp FILE, into a C++ source that
// defines what page_files.hpp declares.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const dist = path.join(here, "dist");

const contentTypes = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

async function bundle() {
  rmSync(dist, { recursive: true, force: true });
  const made = await build({
    absWorkingDir: here,
    entryPoints: { app: "src/main.tsx" },
    outdir: "dist",
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2020", "safari14"],
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    metafile: true,
    logLevel: "warning",
  });
  const names = Object.keys(made.metafile.outputs).map((file) => path.basename(file));
  const page = readFileSync(path.join(here, "src/index.html"), "utf8")
    .replace("app.js", names.find((name) => name.endsWith(".js")))
    .replace("app.css", names.find((name) => name.endsWith(".css")));
  writeFileSync(path.join(dist, "index.html"), page);
  writeFileSync(path.join(dist, "icon.svg"), readFileSync(path.join(here, "src/icon.svg")));
}

// As a C++ string literal, a line of source per line of content.
function literal(bytes) {
  const short = { 34: '\\"', 92: "\\\\", 9: "\\t", 13: "\\r", 10: '\\n"\n"' };
  let text = "";
  let column = 0;
  for (const byte of bytes) {
    const printable = byte >= 32 && byte < 127 && byte !== 63; // no trigraphs
    text += short[byte] ?? (printable ? String.fromCharCode(byte) : "\\" + byte.toString(8).padStart(3, "0"));
    column = byte === 10 ? 0 : column + 1;
    if (column === 4000) {
      text += '"\n"';
      column = 0;
    }
  }
  return `"${text}"`;
}

// A name with a hash of the content in it never changes its content.
const isImmutable = (name) => /-[A-Z0-9]{8}\./.test(name);

function entry(name) {
  const content = readFileSync(path.join(dist, name));
  const etag = createHash("sha256").update(content).digest("hex").slice(0, 16);
  return `  {"/${name === "index.html" ? "" : name}", "${contentTypes[path.extname(name)]}",
   {${literal(content)}, ${content.length}},
   "\\"${etag}\\"", ${isImmutable(name)}}`;
}

function writeCpp(file) {
  const names = readdirSync(dist).sort();
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(
    file,
    `// Made by services/admin-gateway/web/build.mjs.
#include "services/admin-gateway/page_files.hpp"

namespace millrace::admin {

namespace {

constexpr page_file files[] = {
${names.map(entry).join(",\n")}};

} // namespace

const page_file* find_page_file(std::string_view path) {
  for (const auto& file : files)
    if (file.path == path)
      return &file;
  return nullptr;
}

std::span<const page_file> page_files() {
  return files;
}

} // namespace millrace::admin
`,
  );
}

await bundle();
const cpp = process.argv.indexOf("--cpp");
if (cpp > 0) writeCpp(process.argv[cpp + 1]);
