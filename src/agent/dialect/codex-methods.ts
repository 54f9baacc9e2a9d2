/** What an app-server sends, and Fleet reads nothing of (`codex app-server generate-ts`, 0.169.0). */
export function quietMethods(): ReadonlySet<string> {
  const named = (group: string, names: string): readonly string[] => names.split(' ').map((name) => `${group}/${name}`);
  return new Set([
    ...named('item', 'agentMessage/delta autoApprovalReview/completed autoApprovalReview/started plan/delta'),
    ...named('item', 'commandExecution/outputDelta commandExecution/terminalInteraction mcpToolCall/progress'),
    ...named('item', 'fileChange/outputDelta fileChange/patchUpdated'),
    ...named('item', 'reasoning/summaryPartAdded reasoning/summaryTextDelta reasoning/textDelta'),
    ...named('item', 'commandExecution/requestApproval fileChange/requestApproval permissions/requestApproval'),
    ...named('item', 'tool/requestUserInput tool/call'),
    ...named('thread', 'archived attachment/updated closed compacted deleted environment/connected goal/cleared'),
    ...named('thread', 'environment/disconnected goal/updated name/updated prediction/updated project/updated'),
    ...named(
      'thread',
      'queue/changed readState/changed reverted section/changed settings/updated started status/changed',
    ),
    ...named('thread', 'unarchived'),
    ...named('turn', 'diff/updated moderationMetadata plan/updated started'),
    ...named('account', 'gatewayOAuth/changed login/completed updated chatgptAuthTokens/refresh'),
    ...named('mcpServer', 'event/stream/notification oauthLogin/completed startupStatus/updated elicitation/request'),
    ...named('model', 'rerouted safetyBuffering/updated verification'),
    ...named('modelProvider', 'authRecoveryCompleted authRecoveryStarted'),
    ...named('rawResponse', 'completed'),
    ...named('hook', 'started completed'),
    ...['app/list/updated', 'command/exec/outputDelta', 'process/exited', 'process/outputDelta', 'project/changed'],
    ...['configWarning', 'deprecationNotice', 'guardianWarning', 'warning', 'autoApprovalReview/strictReviewRequired'],
    ...['fs/changed', 'rawResponseItem/completed', 'remoteControl/status/changed', 'serverRequest/resolved'],
    ...['skills/changed', 'applyPatchApproval', 'execCommandApproval', 'attestation/generate'],
  ]);
}
