/** What a YAML syntax error means for the person who typed it, by the parser's code. */
export function explainSyntax(code: string, parserMessage: string): { readonly message: string; readonly fix: string } {
  if (code === "MISSING_CHAR" && parserMessage.includes("quote")) return UNCLOSED_QUOTE;
  return EXPLAINED[code] ?? { message: `this is not YAML: ${lowerFirst(parserMessage)}`, fix: "Mend the line." };
}

const EXPLAINED: Readonly<Record<string, { readonly message: string; readonly fix: string }>> = {
  TAB_AS_INDENT: { message: "a tab stands where YAML wants spaces", fix: "Indent with spaces." },
  MULTIPLE_DOCS: {
    message: "a second document begins here; a file holds one",
    fix: "Put it into a file of its own, or take the `---` line out.",
  },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'a second ": " stands on this line, or the line is indented too far',
    fix: "Put a text that holds a colon in quotes, or line the key up with its neighbours.",
  },
  BAD_SCALAR_START: {
    message: "a text cannot begin with this character unless it is quoted",
    fix: "Put the text in quotes.",
  },
  BAD_INDENT: {
    message: "this line is not indented like its neighbours, or a bracket above it is still open",
    fix: "Line it up with the keys or items it belongs to, or close the bracket.",
  },
  MULTILINE_IMPLICIT_KEY: {
    message: "a key has to stand on one line",
    fix: "Line the next line up with its neighbours, or put a long text in quotes.",
  },
  NON_STRING_KEY: { message: "a key has to be a plain text", fix: "Write the key as one word." },
};

const UNCLOSED_QUOTE = { message: "a quoted text is not closed", fix: "Write the closing quote." };

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1);
}
