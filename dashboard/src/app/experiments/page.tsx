import { ExperimentsView } from "./ExperimentsView";

export default function ExperimentsPage() {
  return <ExperimentsView />;
}
