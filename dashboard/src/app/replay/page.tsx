import { ReplayView } from "./ReplayView";

export default function ReplayPage() {
  return <ReplayView />;
}
