# The Windows step of the hook document, first part: run a step once. The second part is run-hooks.ps1; README.md
# is the contract of both. For Windows PowerShell 5.1, which is what aws:runPowerShellScript starts.
# NOT EXECUTED: this project's tests have never run this script on Windows. They only compare its parameters,
# environment, markers and exit codes with those of the Linux step, which they do run.
$ErrorActionPreference = 'Stop'
$runId = '{{ RunId }}'
$policy = '{{ Policy }}'
$step = '{{ Step }}'
$operation = '{{ Operation }}'
$patchResult = '{{ PatchResult }}'
$directory = '{{ WindowsDirectory }}'
$isRequired = '{{ Required }}'
$timeoutSeconds = [int]'{{ TimeoutSeconds }}'

$timedOut = 124
$requiredHookAbsent = 221
$notRunnable = 222
$interrupted = 223
$stateUnusable = 224
$reservedByAgent = 225
$stillRunning = 226

# The agent's own timeout kills this process: the step has to be over, and recorded, before it.
$reserveSeconds = 10
# Monotonic: the wall clock of a freshly booted server may jump.
$watch = [Diagnostics.Stopwatch]::StartNew()
$deadlineSeconds = $timeoutSeconds - $reserveSeconds

$state = Join-Path $env:ProgramData 'fleet-patcher'
if ($env:FLEET_PATCHER_STATE_DIR) { $state = $env:FLEET_PATCHER_STATE_DIR }
Remove-Item Env:FLEET_PATCHER_STATE_DIR -ErrorAction SilentlyContinue
$entry = Join-Path $state "$runId.$step"
$temporary = "$entry.$PID.tmp"

# SYSTEM, Administrators, TrustedInstaller. Below C:\ProgramData every user may create files, so who owns one counts.
$trustedOwners = @(
  'S-1-5-18',
  'S-1-5-32-544',
  'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'
)

# Not Write-Output, which would put the line among a function's results.
function Say([string]$message) {
  [Console]::Out.WriteLine("fleet-patcher ${step}: $message")
  [Console]::Out.Flush()
}

function Test-TrustedOwner([string]$path) {
  $owner = (Get-Acl -LiteralPath $path).GetOwner([Security.Principal.SecurityIdentifier])
  return $trustedOwners -contains $owner.Value
}

# Ends the step: result first, words after, so that nobody reads an end that a second delivery would not know.
function Finish([int]$result, [string]$message, [string]$details = '') {
  try {
    [IO.File]::WriteAllText($temporary, "$result`n$message`n")
    [IO.File]::Move($temporary, "$entry.result")
  } catch {
    Say "the result of this step could not be kept in $state; it was: $message"
    if ($result -eq 0) { $result = $stateUnusable }
    exit $result
  }
  Say $message
  if ($details) { [Console]::Out.WriteLine($details) }
  exit $result
}

function Deny-State([string]$reason) {
  Say "state unusable ($state)"
  [Console]::Error.WriteLine($reason)
  exit $stateUnusable
}

# Only SYSTEM and Administrators may look into the state directory or put anything there.
function Initialize-State {
  try {
    [void][IO.Directory]::CreateDirectory($state)
    $item = Get-Item -LiteralPath $state -Force
    if ($item.Attributes -band [IO.FileAttributes]::ReparsePoint) { Deny-State 'must not be a link' }
    if (-not (Test-TrustedOwner $state)) { Deny-State 'must be owned by SYSTEM or Administrators' }
    & icacls.exe $state /inheritance:r /grant:r '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' | Out-Null
    if ($LASTEXITCODE -ne 0) { Deny-State 'cannot be closed to others' }
  } catch {
    Deny-State $_.Exception.Message
  }
}

# The start time of a live process, empty for one that is gone. With the pid it names a process for good, across
# reboots too, though pids are used again.
function Get-StartTime([int]$processId) {
  $process = Get-Process -Id $processId -ErrorAction SilentlyContinue
  if (-not $process) { return '' }
  return [string]$process.StartTime.ToUniversalTime().Ticks
}

# The claim is a finished file under a new name: Move fails if another holds the name, and the claim is never seen
# without its owner's name in it.
function Get-Claim {
  try {
    [IO.File]::WriteAllText($temporary, "$PID $(Get-StartTime $PID)`n")
  } catch {
    Deny-State $_.Exception.Message
  }
  try {
    [IO.File]::Move($temporary, "$entry.claim")
    return $true
  } catch {
    Remove-Item -LiteralPath $temporary -Force
    if (-not [IO.File]::Exists("$entry.claim")) { Deny-State $_.Exception.Message }
    return $false
  }
}

function Test-OwnerAlive([string[]]$owner) {
  if ($owner.Count -ne 2) { return $false }
  $startTime = Get-StartTime ([int]$owner[0])
  return $startTime -ne '' -and $startTime -eq $owner[1]
}

# A second delivery: answers with the result of the first and runs nothing.
function Wait-Owner {
  $owner = [IO.File]::ReadAllText("$entry.claim").Trim().Split(' ')
  while ($true) {
    # Looked at before the result, which an owner writes before it ends.
    $isAlive = Test-OwnerAlive $owner
    if ([IO.File]::Exists("$entry.result")) {
      $lines = [IO.File]::ReadAllLines("$entry.result")
      if ($lines.Count -ge 2 -and $lines[0] -match '^-?[0-9]+$') {
        Say "already ran, exit $($lines[0])"
        Say $lines[1]
        exit ([int]$lines[0])
      }
    }
    if (-not $isAlive) {
      Say "interrupted, exit $interrupted"
      [Console]::Out.WriteLine("An earlier delivery of this step was cut off half-way (pid $($owner[0])); nothing was run now.")
      exit $interrupted
    }
    if ($watch.Elapsed.TotalSeconds -ge $deadlineSeconds) {
      Say "still running, exit $stillRunning"
      [Console]::Out.WriteLine("An earlier delivery of this step (pid $($owner[0])) has not ended; nothing was run now.")
      exit $stillRunning
    }
    Start-Sleep -Seconds 1
  }
}
