// Faults that a build may plant on purpose, to prove that the simulation finds them (docs/design/simulation.md).
// Without HULL_PLANTED_BUG, which only the project's own tests define, nothing of them is compiled.
#pragma once

namespace hull::sync::detail {

enum class fault_planted {
  none,
  mutation_not_replayed,    ///< 1: what was sent and not answered is forgotten when the socket is lost.
  layer_dropped_early,      ///< 2: a prediction leaves with the answer, before the rows are there.
  completed_early,          ///< 3: a mutation completes with the answer, before its writes can be read.
  journal_not_sent,         ///< 4: after a reconnect a page may end elsewhere.
  session_not_kept,         ///< 5: each socket is a session of its own, so that a replay runs twice.
  commit_in_pieces,         ///< 6: each query of a transition is told by itself.
  sign_out_not_sent,        ///< 7: the deployment goes on as the user of before.
  removal_not_sent,         ///< 8: the deployment keeps on watching what nobody wants.
};

#ifdef HULL_PLANTED_BUG
inline constexpr auto planted = static_cast<fault_planted>(HULL_PLANTED_BUG);
#else
inline constexpr auto planted = fault_planted::none;
#endif

}  // namespace hull::sync::detail
