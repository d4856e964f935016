"""The decision kernel that L3, L4 and L5 share: observation, policy, risk, ledger."""
