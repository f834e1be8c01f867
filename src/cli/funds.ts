import type { AccountState } from "../ledger/ledger.ts";
import type { Plan } from "../plan/plan-run.ts";
import type { Together } from "../report/tell-plan.ts";
import type { OpeningBalance } from "../run/balance-trace.ts";
import type { Caps, Purse } from "../run/spending-problem.ts";
import type { Session } from "./session.ts";

/** A batch that may spend: what it plans, under which caps, and the session whose account pays. */
export interface Spender {
  readonly plan: Plan;
  readonly caps: Caps;
  readonly session: Session;
}

/** What a batch has to spend from, and who else in this command spends from it. */
export interface Fund {
  readonly purse: Purse;
  /** the purse's balance with its moment; undefined when it is not known */
  readonly openingBalance: OpeningBalance | undefined;
  readonly together: Together;
  readonly durations: AccountState["durations"];
  readonly charges: AccountState["charges"];
}

/**
 * Looks into the account of each batch, once an account, and adds up what the batches of this command want of it.
 *
 * @param balanceOf - asked only where something is to be bought
 */
export async function fundsOf<Each extends Spender>(
  spenders: readonly Each[],
  balanceOf: (session: Session) => Promise<number | undefined>,
): Promise<ReadonlyMap<Each, Fund>> {
  const funds = new Map<Each, Fund>();
  // Sessions of different output folders share an account unless it is a simulated one.
  const accounts = new Map(spenders.map(({ session }) => [session.account, session]));
  for (const [account, session] of accounts) {
    const sharing = spenders.filter((each) => each.session.account === account);
    const together = addUp(sharing.map(({ plan }) => plan.price));
    const { spentToday, durations, charges } = await session.ledger.account();
    const balance = together.likely > 0 ? await balanceOf(session) : undefined;
    const openingBalance = balance === undefined ? undefined : { credits: balance, at: session.world.clock.now() };
    for (const each of sharing)
      funds.set(each, {
        purse: { caps: each.caps, spentToday, balance },
        openingBalance,
        together,
        durations,
        charges,
      });
  }
  return funds;
}

function addUp(prices: readonly Plan["price"][]): Together {
  return {
    likely: prices.reduce((sum, { likely }) => sum + likely, 0),
    worst: prices.reduce((sum, { worst }) => sum + worst, 0),
    manifests: prices.filter(({ likely }) => likely > 0).length,
  };
}

/** What a plan is told with. */
export function contextOf({ purse, together, durations, charges }: Fund) {
  const { caps, spentToday, balance } = purse;
  return { caps, spentToday, balance, durations, charges, together };
}

/** The fund that was looked for before anything was carried out. */
export function requireFund<Each extends Spender>(funds: ReadonlyMap<Each, Fund>, spender: Each): Fund {
  const fund = funds.get(spender);
  if (!fund) throw new Error("a batch is to spend and its fund was not looked for");
  return fund;
}
