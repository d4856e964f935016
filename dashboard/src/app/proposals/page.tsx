import { ProposalsView } from "./ProposalsView";

export default function ProposalsPage() {
  return <ProposalsView />;
}
