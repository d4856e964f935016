import { LiveView } from "./LiveView";

export default function LivePage() {
  return <LiveView />;
}
