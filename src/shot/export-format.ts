/** What a film's cut can be written as for editing programs. Also the files' extensions. */
export const EXPORT_FORMATS = ["otio", "fcpxml", "edl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
