import type { Ledger } from "../ledger/ledger.ts";
import type { Manifest } from "../manifest/manifest.ts";
import type { Media } from "../media/media.ts";
import type { Wish } from "../plan/view.ts";
import type { Provider } from "../provider/provider.ts";
import type { PriceTable } from "../shot/price.ts";
import type { World } from "../world/world.ts";
import type { OpeningBalance } from "./balance-trace.ts";
import type { Callbacks } from "./callbacks.ts";
import type { News } from "./news.ts";
import type { Caps } from "./spending-problem.ts";

/** What a run works with. */
export interface RunContext {
  readonly world: World;
  readonly provider: Provider;
  readonly ledger: Ledger;
  readonly media: Media;
  readonly manifest: Manifest;
  readonly prices: PriceTable;
  readonly wish: Wish;
  /** absolute; `output/NAME` */
  readonly batchFolder: string;
  /** names the run in the ledger: what it intends counts against its own cap */
  readonly run: string;
  readonly caps: Caps;
  /** undefined when it is not known */
  readonly openingBalance?: OpeningBalance | undefined;
  /** result files may come from this machine: only when the API itself is here */
  readonly allowLoopback: boolean;
  /** set where the vendor can call us back */
  readonly callbacks?: Callbacks | undefined;
  /** told of everything as it happens */
  readonly watch: (news: News) => void;
  /** aborted by the first Ctrl-C: buy nothing more, finish what is in hand */
  readonly drain: AbortSignal;
  /** aborted by the second: leave at once */
  readonly leave: AbortSignal;
}
