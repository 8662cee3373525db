import type { Catalogue, WindowText } from './catalogue.ts';
import { japaneseFindings } from './japanese-findings.ts';
import { japaneseSla } from './japanese-sla.ts';

const lastStart = ({ cutoff, closes }: WindowText) =>
  cutoff === closes ? '' : `。${cutoff} 以降はサーバーに着手しません。`;

export const japanese: Catalogue = {
  runEnded: {
    Succeeded: (policy) => `ポリシー ${policy} のパッチ適用が終了しました。`,
    Halted: (policy) =>
      `ポリシー ${policy} のパッチ適用を【中断】しました。以降のサーバーには着手していません。`,
    Failed: (policy) => `ポリシー ${policy} のパッチ適用が【失敗】しました。`,
  },
  dryRunEnded: (policy) => `ポリシー ${policy} のドライランが終了しました。サーバーには一切触れていません。`,
  why: (reason) => `理由: ${reason}`,
  facts: (run) => `実行 ID ${run.runId}、操作 ${run.operation}、所要 ${run.minutes} 分。`,
  outcomesTitle: (nodes) => `対象サーバー ${nodes} 台の結果 (1 台につき 1 つ):`,
  outcome: {
    Patched: '適用済み (確認済み)',
    AlreadyCompliant: '適用すべきパッチなし',
    PatchedPendingReboot: '適用済み、再起動待ち',
    Scanned: 'スキャン済み',
    WouldPatch: '適用予定',
    NonCompliant: '適用したが、不足が残る、または確認できない',
    PreHookFailed: '事前フック失敗 (未適用のまま)',
    PatchFailed: '適用失敗',
    PostHookFailed: '事後フック失敗 (サービス停止の恐れ)',
    TimedOut: 'タイムアウト',
    Unreachable: '応答なし',
    LostAfterReboot: '再起動後に復帰せず',
    NotReached: '今回は未着手',
    OptedOut: 'タグにより対象外',
    Unmanaged: 'タグはあるが Systems Manager に未登録',
    Stopped: '停止中',
    Unknown: '不明: バッチが異常終了 (サーバーを確認してください)',
  },
  handsNeededTitle: '至急対応が必要なサーバー:',
  owedPostHooksTitle: '事後フックが成功していないサーバー (事前フックで止めたものが止まったままの恐れ):',
  troublesTitle: '問題のあったサーバー:',
  andMore: (count) => `... ほか ${count} 台`,
  whereTheRest: (url) => `全サーバー・全ステップの記録: ${url}`,
  nextStepsTitle: '対応:',
  nextSteps: {
    Halted:
      '失敗したサーバーの共通点を調べてから、ポリシーを再実行してください。未着手のサーバーには触れていません。',
    Failed: 'Step Functions コンソールで実行を開き、最後のステートのエラーを確認してください。',
    postHook:
      '事後フックに失敗したサーバーにログインし、サービスを手動で起動してください。フックの出力はログ用バケットにあります。',
    lost: '復帰しないサーバーのコンソールまたはハイパーバイザーを確認してください。',
    unknown:
      '結果が Unknown のサーバーを 1 台ずつ確認してください。事前フックだけが実行された可能性があります。',
    notReached:
      '未着手のサーバーには触れていません。時間切れによるものは次回のメンテナンスウィンドウで実行されます。',
  },
  urgentTitle: (policy) => `ポリシー ${policy} のパッチ適用中に、至急対応が必要な事象が発生しました:`,
  urgentClosing: '着手済みのサーバーの処理は続行します。終了時に結果を報告します。',
  weekdays: ['日', '月', '火', '水', '木', '金', '土'],
  moment: (date, weekday, time) => `${date}(${weekday}) ${time}`,
  distance: (count, unit, isPast) => {
    const length = unit === 'days' ? `${count} 日` : `${count} 時間`;
    if (count === 0) return isPast ? '1 時間以内に経過' : '1 時間以内';
    return isPast ? `${length}前` : `${length}後`;
  },
  window: (window) =>
    `次回のメンテナンスウィンドウ: ${window.opens} ～ ${window.closes} (${window.timeZone})、${window.distance}${lastStart(window)}`,
  windowOpenNow: (window) =>
    `メンテナンスウィンドウは【現在実施中】です (${window.closes} まで、${window.timeZone})${lastStart(window) || '。'}自動実行が終わるまで、手動で実行しないでください。`,
  startByHandTitle: '手動で実行するコマンド:',
  findings: japaneseFindings,
  sla: japaneseSla,
};
