// The folders of src/ in reading order: each imports only from those above it. `simulator/` stands beside the house.
const order = ["shot", "world", "manifest", "provider", "ledger", "media", "plan", "run", "report", "desk", "cli"];

// The rooms of `media/`, in the same way; what stands beside them opens them all.
const rooms = ["tools", "mp4", "clip", "words", "picture", "sound", "film", "handoff"];

module.exports = {
  forbidden: [
    ...order.slice(0, -1).map((folder, position) => ({
      name: `${folder}-imports-only-from-above`,
      severity: "error",
      from: { path: `^src/${folder}/` },
      to: { path: `^src/(${[...order.slice(position + 1), "simulator"].join("|")})/` },
    })),
    ...rooms.map((room, position) => ({
      name: `media-${room}-imports-only-from-above`,
      severity: "error",
      from: { path: `^src/media/${room}/` },
      to: { path: `^src/media/(?!(${rooms.slice(0, position + 1).join("|")})/)` },
    })),
    {
      name: "simulator-imports-only-nouns-and-ports",
      severity: "error",
      from: { path: "^src/simulator/" },
      to: { path: `^src/(${order.filter((folder) => folder !== "shot" && folder !== "world").join("|")})/` },
    },
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
