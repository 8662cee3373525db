# The Windows step of the hook document, second part: the scripts. It follows run-once.ps1 in the same shell.
# NOT EXECUTED on Windows by this project's tests: see run-once.ps1.

# Nothing at all is an absent hook. Anything in the way of running the scripts is not: it fails the step.
function Find-Problem([string]$hooks, [string[]]$scripts) {
  foreach ($each in @($directory, $hooks)) {
    if (-not (Test-Path -LiteralPath $each)) { return }
    if (-not (Test-Path -LiteralPath $each -PathType Container)) { return "${each}: not a readable directory" }
    if (-not (Test-TrustedOwner $each)) { return "${each}: not owned by SYSTEM or Administrators" }
  }
  foreach ($each in $scripts) {
    if (-not [IO.File]::Exists($each)) { "${each}: not an executable file" }
    elseif (-not (Test-TrustedOwner $each)) { "${each}: not owned by SYSTEM or Administrators" }
  }
}

function Get-Script([string]$hooks) {
  if (-not (Test-Path -LiteralPath $hooks -PathType Container)) { return @() }
  # -like, because a -Filter of three letters also takes longer extensions (short file names).
  $names = @(Get-ChildItem -LiteralPath $hooks -Force | Where-Object { $_.Name -like '*.ps1' } | ForEach-Object { $_.FullName })
  # The order is that of the characters' numbers, whatever the language of the server.
  [Array]::Sort($names, [StringComparer]::Ordinal)
  return $names
}

# A process of its own, so that the script's exit ends the script alone. Without redirection it writes to the
# agent's own pipes: nothing is buffered or cut here.
function Start-Script([string]$script) {
  $start = New-Object Diagnostics.ProcessStartInfo
  $start.FileName = Join-Path $PSHOME 'powershell.exe'
  $start.Arguments = "-InputFormat None -NoProfile -NonInteractive -ExecutionPolicy Unrestricted -File `"$script`""
  $start.UseShellExecute = $false
  return [Diagnostics.Process]::Start($start)
}

function Invoke-Script([string]$script) {
  $left = [int]($deadlineSeconds - $watch.Elapsed.TotalSeconds)
  if ($left -le 0) { Finish $timedOut "timed out, exit $timedOut (before $script)" }
  $process = Start-Script $script
  # WaitForExit takes milliseconds in 32 bits, enough for 24 days; TimeoutSeconds allows two.
  if (-not $process.WaitForExit($left * 1000)) {
    & taskkill.exe /T /F /PID $process.Id | Out-Null
    Finish $timedOut "timed out, exit $timedOut ($script)"
  }
  $code = $process.ExitCode
  # The agent takes -1 for its own timeout and 3010 for a request to reboot and run the step again.
  if ($code -eq -1) { Finish $reservedByAgent "killed, exit $reservedByAgent ($script ended with -1)" }
  if ($code -eq 3010) { Finish $reservedByAgent "asked for a reboot, exit $reservedByAgent ($script ended with 3010)" }
  if ($code -ne 0) { Finish $code "failed, exit $code ($script)" }
}

Initialize-State
if (-not (Get-Claim)) { Wait-Owner }
# A command can be delivered for at most 30 days (SendCommand's TimeoutSeconds): what is older answers nobody. Two
# deliveries may clean up at once, so a file that is already gone is no error.
Get-ChildItem -LiteralPath $state -File |
  Where-Object { $_.Name -match '\.(claim|result|tmp)$' -and -not $_.Name.StartsWith("$runId.") } |
  Where-Object { $_.LastWriteTimeUtc -lt [DateTime]::UtcNow.AddDays(-31) } |
  Remove-Item -Force -ErrorAction SilentlyContinue

if ($step -eq 'preHook') {
  $hooks = Join-Path $directory 'pre.d'
  $patchResult = ''
} else {
  $hooks = Join-Path $directory 'post.d'
}
try {
  $scripts = @(Get-Script $hooks)
  $problems = @(Find-Problem $hooks $scripts) -join "`n"
} catch {
  $problems = "${hooks}: $($_.Exception.Message)"
}
if ($problems) { Finish $notRunnable "not runnable, exit $notRunnable ($hooks)" $problems }
if ($scripts.Count -eq 0) {
  if ($isRequired -eq 'true') { Finish $requiredHookAbsent "absent, exit $requiredHookAbsent ($hooks)" }
  Finish 0 "absent ($hooks)"
}
if ($scripts.Count -eq 1) { Say "1 script ($hooks)" } else { Say "$($scripts.Count) scripts ($hooks)" }

$env:FLEET_PATCHER_RUN_ID = $runId
$env:FLEET_PATCHER_POLICY = $policy
$env:FLEET_PATCHER_STEP = $step
$env:FLEET_PATCHER_NODE_ID = $env:AWS_SSM_INSTANCE_ID
$env:FLEET_PATCHER_OPERATION = $operation
$env:FLEET_PATCHER_PATCH_RESULT = $patchResult
foreach ($each in $scripts) { Invoke-Script $each }
Finish 0 'succeeded, exit 0'
