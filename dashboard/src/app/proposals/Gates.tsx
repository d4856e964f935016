"use client";
import { Empty, Frame } from "@/components/Panel";
import { type Column, Table } from "@/components/Table";
import { Tag } from "@/components/Tag";
import { proposals } from "@/i18n/proposals";
import { useFormat, useLanguage, useText } from "@/lib/language";
import { boundOf, type Check, otherSide, type Proposal, readChecks } from "./checks";
import { figure } from "./figures";
import { useCheckName } from "./Verdict";

/** Each rule of the first vote: what was found, what passes, and what it decides. */
export function Gates({ proposal }: { proposal: Proposal }) {
  const t = useText(proposals);
  const f = useFormat();
  const nameOf = useCheckName();
  const checks = readChecks(proposal);
  const gatesFirst = [...checks].sort(
    (a, b) => Number(a.kind !== "gate") - Number(b.kind !== "gate"),
  );
  const columns: Column<Check>[] = [
    {
      key: "rule",
      header: t("rule"),
      lead: true,
      cell: (row) => <span className="max-sm:font-medium">{nameOf(row)}</span>,
    },
    {
      key: "kind",
      header: t("kind"),
      cell: (row) => (
        <span className="text-muted">
          {row.kind === "gate" ? t("hardGate") : t("weight", { weight: f.number(row.weight, 1) })}
        </span>
      ),
    },
    {
      key: "value",
      header: t("value"),
      kind: "number",
      cell: (row) => (
        <span title={row.kind === "gate" ? row.explanation : undefined}>
          {figure(f, row.name, row.value)}
        </span>
      ),
    },
    {
      key: "threshold",
      header: t("threshold"),
      kind: "number",
      cell: (row) => `${boundOf(row)} ${figure(f, row.name, row.threshold)}`,
    },
    {
      key: "result",
      header: t("result"),
      cell: (row) => (
        <Tag tone={row.passed ? "good" : "bad"}>{t(row.passed ? "passed" : "failed")}</Tag>
      ),
    },
    {
      key: "change",
      header: t("change"),
      lead: true,
      cell: (row) => <Change check={row} stored={proposal.recommendation} />,
    },
  ];
  return (
    <Frame title={t("gates")} flush={checks.length > 0}>
      {checks.length === 0 ? (
        <Empty text={t("noChecks")} command={`cambio experiment run ${proposal.experiment_name}`} />
      ) : (
        <Table
          label={t("gates")}
          columns={columns}
          rows={gatesFirst}
          id={(row) => `${row.kind} ${row.name}`}
        />
      )}
    </Frame>
  );
}

interface ChangeProps {
  check: Check;
  stored: Proposal["recommendation"];
}

function Change({ check, stored }: ChangeProps) {
  const t = useText(proposals);
  const f = useFormat();
  const language = useLanguage();
  const { otherwise } = check;
  const matters = otherwise !== null && otherwise !== stored;
  const remedy = check.kind === "gate" ? check.remedy : null;
  const change = matters
    ? t(otherSide(check), { bound: figure(f, check.name, check.threshold), vote: t(otherwise) })
    : t("noMatter");
  const words = otherwise === null ? "" : change;
  return (
    <span className="block whitespace-normal lg:min-w-112 2xl:min-w-176">
      <span className={matters ? "text-muted" : "text-faint"}>{words}</span>
      {remedy ? (
        <span className="text-text" lang={language === "en" ? undefined : "en"}>
          {" "}
          {remedy}
        </span>
      ) : null}
    </span>
  );
}
