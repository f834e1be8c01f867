import { countOf, showMoney } from "./credits.ts";
import { paint, type Style } from "./style.ts";
import type { Together } from "./tell-plan.ts";

/**
 * What several manifests of one command cost their account together, as that is what caps and balance are held against.
 *
 * @returns undefined where at most one of them costs something
 */
export function tellTogether(together: Together, style: Style): string | undefined {
  const { likely, worst, manifests } = together;
  if (manifests < 2) return undefined;
  const total = `Together: ${countOf(manifests, "manifest")}, ${showMoney(likely)}`;
  return `${paint(style, "bold", total)}${worst > likely ? `; at worst ${showMoney(worst)}` : ""}\n`;
}
