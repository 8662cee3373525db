import type { SlaWords } from './sla-words.ts';

const patchesOn = (patches: number, nodes: number) => `サーバー ${nodes} 台のパッチ ${patches} 件`;
const startBy = (due: string | null) =>
  due === null ? '至急、手動で実行してください。' : `${due} までに手動で実行してください。`;

export const japaneseSla: SlaWords = {
  headline: {
    'sla-forecast': ({ policy, slaDays, patches, nodes }) =>
      `ポリシー ${policy}: ${patchesOn(patches, nodes)}が、このままでは SLA の期限 (発見から ${slaDays} 日) までに適用されません。対応が必要です。`,
    'sla-breach': ({ policy, slaDays, patches, nodes }) =>
      `ポリシー ${policy}: ${patchesOn(patches, nodes)}が、SLA の期限 (発見から ${slaDays} 日) までに適用されませんでした。`,
  },
  title: {
    'sla-forecast': ({ policy, patches, nodes }) =>
      `${policy}: ${patchesOn(patches, nodes)}が SLA の期限に間に合わない見込みです`,
    'sla-breach': ({ policy, patches, nodes }) =>
      `${policy}: ${patchesOn(patches, nodes)}が SLA の期限を過ぎました`,
  },
  firstDue: (at, timeZone, distance) => `最も早い期限: ${at} (${timeZone})、${distance}`,
  noNextWindow: '次回のメンテナンスウィンドウ: 不明、または設定なし',
  standing: ({ onTime, dueSoon, breached }) =>
    `ポリシー全体の未適用パッチ: 期限内 ${onTime} 件、48 時間以内に期限 ${dueSoon} 件、期限超過 ${breached} 件`,
  reason: {
    'sla-forecast': {
      NoWindow: 'パッチを適用するメンテナンスウィンドウが今後ない',
      Unsupported: 'この OS にはパッチを自動適用できない',
      WindowTooLate: '次回のメンテナンスウィンドウでは間に合わない',
      WindowFull: 'メンテナンスウィンドウで期限までに順番が回らない',
      KeepsFailing: 'メンテナンスウィンドウを経ても適用されない状態が続いている',
      NodeAway: '応答がない、または停止している',
      NeedsReboot: '適用済みだが、再起動が手動の設定になっている',
      CalendarUnknown: '次回のメンテナンスウィンドウの日時を計算できない',
      Unexplained: '原因不明',
    },
    'sla-breach': {
      NoWindow: 'パッチを適用するメンテナンスウィンドウがない',
      Unsupported: 'この OS にはパッチを自動適用できない',
      WindowTooLate: '期限に間に合うメンテナンスウィンドウがなかった',
      WindowFull: 'メンテナンスウィンドウで期限までに順番が回らなかった',
      KeepsFailing: 'メンテナンスウィンドウを経ても適用されなかった',
      NodeAway: '応答がなかった、または停止していた',
      NeedsReboot: '適用済みだが、再起動が手動の設定になっている',
      CalendarUnknown: '次回のメンテナンスウィンドウの日時を計算できなかった',
      Unexplained: '適用するはずのメンテナンスウィンドウの後、スキャンされていない',
    },
  },
  advice: {
    NoWindow: startBy,
    Unsupported: (due) =>
      `${due === null ? '至急、' : `${due} までに`}サーバー上で直接適用してください。別の方法で管理しているサーバーには、ポリシーの除外タグを付けてください。`,
    WindowTooLate: (due) =>
      `${startBy(due)}繰り返す場合は、ウィンドウの間隔を短くするか、slaDays を見直してください。`,
    WindowFull: (due) =>
      `fleet.yml の maxConcurrency を上げるか、ウィンドウ (durationHours) を長くしてデプロイしてください。間に合わない場合は、${startBy(due)}`,
    KeepsFailing: () =>
      '直近の実行のフックとパッチの出力 (ログ用バケット) で原因を調べ、取り除いてください。次のウィンドウを待つだけでは解決しません。',
    NodeAway: (due) =>
      `サーバーの起動、または SSM Agent やネットワークの復旧を行い、その後、${startBy(due)}廃止したサーバーは登録を解除するか終了してください。`,
    NeedsReboot: (due) => `${due === null ? '至急、' : `${due} までに`}サーバーを手動で再起動してください。`,
    CalendarUnknown: (due) =>
      `Systems Manager コンソールで次回のウィンドウを確認してください。間に合わない場合は、${startBy(due)}`,
    Unexplained: (due) =>
      `適用済みの可能性があります。ポリシーの直近の実行結果 (run.json) を確認するか、サーバーをスキャンしてください。未適用であれば、${startBy(due)}`,
  },
  counted: ({ patches, nodes }) => `サーバー ${nodes} 台、パッチ ${patches} 件`,
  causeAndAdvice: (cause, advice) => `${cause}: ${advice}`,
  cause: (reason, about) => `${reason} (${about})`,
  listTitle: (timeZone) => `原因別のサーバー (日時は ${timeZone}):`,
  due: { 'sla-forecast': (at) => `期限 ${at}`, 'sla-breach': (at) => `期限 ${at} (超過)` },
  andPatches: (count) => `ほか ${count} 件`,
  windowsMissed: (count) => `ウィンドウを ${count} 回経過`,
  whereTheRest: (url) => `全サーバー・全パッチの状況: ${url}`,
};
