import { RiskView } from "./RiskView";

export default function RiskPage() {
  return <RiskView />;
}
