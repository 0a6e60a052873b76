// Builds core/web/static/dist: hashed scripts, the stylesheets, the sprite, and one manifest (key -> {file, name}).
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = dirname(fileURLToPath(import.meta.url));
const read = (path: string) => readFileSync(resolve(here, path), "utf8");

/** Stylesheets that plugins bring, by their folders. */
function brought(): string[] {
  const plugins = resolve(here, "../../../plugins");
  const folders = readdirSync(plugins).sort().map((name) => `${plugins}/${name}/frontend/css`).filter((path) => existsSync(path));
  return folders.flatMap((folder) => readdirSync(folder).filter((name) => name.endsWith(".css")).sort().map((name) => `${folder}/${name}`));
}

/** The stylesheet: the files of src/css in order, then those of plugins, without comments and indentation. */
function stylesheet(): string {
  const files = readdirSync(resolve(here, "src/css")).filter((name) => name.endsWith(".css")).sort();
  return [...files.map((name) => `src/css/${name}`), ...brought()].map(read).join("\n").replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s+/gm, "").replace(/\n+/g, "\n");
}

/** One symbol per icon named in icons.json. */
function sprite(names: string[]): string {
  const symbols = names.map((name) => {
    const inner = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(read(`node_modules/@tabler/icons/icons/outline/${name}.svg`))?.[1] ?? "";
    const drawn = inner.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s+/g, " ").trim();
    return `<symbol id="i-${name}" viewBox="0 0 24 24" fill="none" stroke-linecap="round" stroke-linejoin="round">${drawn}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

function assets(): Plugin {
  return {
    name: "weft-assets",
    generateBundle(_options, bundle) {
      const names = [...new Set(Object.values(JSON.parse(read("icons.json")) as Record<string, string>))].sort();
      const manifest: Record<string, { file: string; name: string }> = {};
      const emit = (key: string, source: string) => {
        const hash = createHash("sha256").update(source).digest("base64url").slice(0, 8);
        const fileName = key.replace(/(\.[a-z]+)$/, `-${hash}$1`);
        this.emitFile({ type: "asset", fileName, source });
        manifest[key] = { file: fileName, name: key };
      };
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") continue;
        const key = file.isEntry ? `${file.name}.js` : `chunk/${file.name}.js`;
        manifest[key] = { file: file.fileName, name: key };
      }
      emit("weft.css", stylesheet());
      emit("tabler.css", read("node_modules/@tabler/core/dist/css/tabler.min.css").replace(/\/\*#.*?\*\//g, ""));
      emit("icons.svg", sprite(names));
      emit("favicon.svg", read("src/favicon.svg"));
      this.emitFile({ type: "asset", fileName: "icons.json", source: JSON.stringify(names) + "\n" });
      this.emitFile({ type: "asset", fileName: "manifest.json", source: JSON.stringify(Object.fromEntries(Object.entries(manifest).sort()), null, 2) + "\n" });
    },
  };
}

export default defineConfig({
  root: here,
  base: "./",
  publicDir: false,
  plugins: [assets()],
  build: {
    outDir: resolve(here, "../static/dist"),
    emptyOutDir: true,
    modulePreload: false,
    target: "es2022",
    sourcemap: false,
    rollupOptions: {
      // htmx carries an eval that allowEval=false and the content policy both keep unused
      checks: { eval: false },
      input: { main: resolve(here, "src/main.ts"), theme: resolve(here, "src/theme.ts") },
      output: { entryFileNames: "[name]-[hash].js", chunkFileNames: "[name]-[hash].js" },
    },
  },
});
