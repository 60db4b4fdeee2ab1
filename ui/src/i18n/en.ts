// Every text of the screen, by screen. English is the reference: another language is a file of the same shape.
import { number, plural } from "./plural";

const messages = (n: number) => plural(n, { one: "{n} message", other: "{n} messages" });
const jobs = (n: number) => plural(n, { one: "{n} job", other: "{n} jobs" });
const rows = (n: number) => plural(n, { one: "{n} row", other: "{n} rows" });
const leads = (n: number) => plural(n, { one: "{n} lead", other: "{n} leads" });

export const en = {
  time: { today: "today", Today: "Today", at: (day: string, clock: string) => `${day} at ${clock}` },

  lane: {
    queued: "Queued", held: "Held", sending: "Sending", sent: "Sent", delivered: "Delivered", failed: "Failed", unknown: "Unknown", cancelled: "Cancelled",
  } as Record<string, string>,

  laneMeans: {
    queued: "Has a slot and waits for it", held: "Its time has come, a rule says not yet", sending: "On the wire now", sent: "The provider has it",
    delivered: "On the phone", failed: "Certainly not sent", unknown: "May have been sent; a person settles it", cancelled: "Will not be sent",
  } as Record<string, string>,

  dryRun: { word: "dry run", with: (lane: string) => `${lane}, dry run`, means: "A sample database: nobody received it", proof: "A sample database marks it as sent and sends nothing." },

  /** Why a message waits or a lead is left alone. The server's word is the key; one it invents later is shown humanised. */
  reason: {
    not_due: "Has its slot", not_adopted: "Not adopted by this desk", not_set_up: "Not ours to send: this CRM is not set up", too_old: "More than 48 hours past its slot", outside_hours: "Outside opening hours",
    quiet_hours: "Quiet hours at the lead", paused: "Sending is paused", hour_cap: "Hourly cap reached", day_cap: "Daily cap reached", expired: "Expired",
    went_back: "The database went back to an earlier state", no_lead: "Has no lead", no_user: "Has no operator", operator_inactive: "Operator is not active", outcome_unknown: "No answer: may have been sent",
    undone: "Undone", taken: "Taken by a person", taken_by: "Taken by a colleague", already_queued: "Already queued", same_phone: "Same phone as another lead",
    same_person_taken: "Same person, taken elsewhere", opted_out: "Opted out", unknown_open: "Unknown outcome, not settled", contacted_recently: "Contacted recently",
    no_phone: "No phone", phone_not_valid: "Phone is not valid", over_target: "Over the day’s target", over_capacity: "Over the day’s capacity", no_slot: "No free slot",
    no_access: "No access", status_not_eligible: "Status is not eligible", plan_changed: "Changed since the plan", already_mine: "Already yours",
    not_owner: "Not yours", already_sent: "Already sent", already_paused: "Already paused", already_running: "Already running", next_hour: "Next hour’s turn",
    per_number: "The number’s pace", per_recipient: "This person’s pace", foreign: "By another program, no proof", failed: "Not sent", zone_unknown: "Zone not known", not_taken: "Not taken by anybody", not_paused: "Not paused", paused_by_another: "Paused by somebody else: they or an admin lift it", on_the_wire: "On the wire", already_cancelled: "Already cancelled", already_failed: "Already failed", cancel: "Cancelled by a person", deleted: "Its lead was deleted", no_rate: "No hourly rate", rescued: "Left behind by a desk", dispatch_expired: "Not dispatched in time",
    number_not_on_whatsapp: "Number is not on WhatsApp", provider_refused: "The provider refused it", provider_busy: "The provider was busy",
    nothing_to_undo: "Nothing left to undo", failed_already: "Failed already", not_found: "Not there any more", not_queued: "Not queued", receiver_no_access: "The receiver has no access to the lead",
    already_theirs: "Theirs already", not_unknown: "Its outcome is known", already_opted_out: "Opted out already", already_erased: "Erased already", not_erased_yet: "Not erased yet", erased: "Erased", already_adopted: "Adopted already", resolved_not_sent: "A person says: not sent", opt_out: "Opted out", last_admin: "The last admin",
    unchanged: "Is so already", changed_since: "Changed since", changed: "Changed meanwhile", cancelled: "Cancelled", not_opted_out: "Not opted out any more", already_inactive: "Not active already", resolved: "Settled by a person", not_sent: "Not sent", no_status: "Has no status",
    parent_missing: "What it points to is missing", already_there: "There already", refused_by_check: "Refused by a check", done_before: "Done before", no_heartbeat: "Left behind by a desk", points_nowhere: "It pointed nowhere", word_not_legal: "Its status was not legal",
    released: "The lead was handed back", superseded: "A newer word came", word_changed: "The status was changed meanwhile", lead_gone: "The lead is not there any more", not_allowed: "The database does not allow it",
  } as Record<string, string>,

  reasonShort: {
    outside_hours: "Hours", quiet_hours: "Quiet hours", paused: "Paused", hour_cap: "Hour cap", day_cap: "Day cap", too_old: "Too old", not_adopted: "Not adopted", not_set_up: "Not ours",
    operator_inactive: "Inactive", outcome_unknown: "Unknown", unknown_open: "Unknown", taken_by: "Taken", opted_out: "Opted out",
  } as Record<string, string>,

  /** What a held message's card says below its title. */
  reasonMeans: {
    outside_hours: "The operator is closed now.", quiet_hours: "It is too early or too late where the lead is.", paused: "Nothing goes out from any desk until sending is resumed.",
    hour_cap: "The operator’s hour is full. The counter starts again on the hour.", day_cap: "The operator’s day is full. The counter starts again at midnight.",
    too_old: "Messages this late are never sent by themselves.", not_adopted: "It was queued by another program and nobody adopted it.",
    outcome_unknown: "It is never sent again by the machine: a person decides.", unknown_open: "An earlier message to this lead has no known outcome.",
    taken: "A person is talking to this lead.", same_person_taken: "A person is talking to somebody with this phone.",
    contacted_recently: "This phone had a message a short while ago.", expired: "Its time is over: it is not sent any more.", foreign: "Another program says it was sent; there is no proof of it here.", opted_out: "This person asked for no messages.",
  } as Record<string, string>,

  frame: {
    places: "Places and counts", queue: "Queue", jobs: "Jobs", leads: "Leads", automation: "Automation", metrics: "Metrics", ledger: "Ledger", lead: "Lead", schema: "Schema", running: "running", state: "State", heldBecause: "Held because",
    operators: "Operators", usedCap: "used / cap", now: "now", nobody: "no operator", colleague: "A colleague",
    meter: (name: string, used: number, cap: number, planned: number) => `${name}: ${number(used)} of ${number(cap)} used, ${number(planned)} planned`,
    orMore: (n: number) => `${number(n)}+`,
    whoAndData: (who: string, sample: boolean) => `${who} · ${sample ? "sample data" : "live data"}`, envLocal: "LOCAL", envSample: "SAMPLE", env: { production: "LIVE", staging: "STAGING", local: "LOCAL" } as Record<string, string>, envNotReady: { empty: "EMPTY", not_migrated: "NOT SET UP" } as Record<string, string>, notConnected: "Not connected", readOnly: "read only",
    live: "Live", liveMeans: (seconds: number) => `What other desks do shows at once, what other programs do within ${seconds} s.`, polling: (seconds: number) => `Polling every ${seconds} s`, notFollowing: (seconds: number) => `Looks every ${seconds} s`,
    pollingBecause: {
      not_yet: "It begins to listen in a moment.", no_room: "The server has no connection left for listening. Nothing is missed, it only shows later.",
      not_heard: "The pooler in between carries no notifications. Nothing is missed, it only shows later.", lost: "The connection that listens broke. It is tried again; nothing is missed meanwhile.", standby: "A read replica carries no notifications. Nothing is missed, it only shows later.",
    } as Record<string, string>,
    lastHeard: (ago: string) => `Last change ${ago} ago.`, offlineSince: (when: string) => `Offline since ${when}`,
    automationIdle: "Automation stopped", automationRunning: "Automation running", automationStopping: "Automation stopping", allPaused: "All sending paused", pace: (n: number) => `${number(n)} in the last minute`,
    nextAt: (when: string) => `next ${when}`, sampleClock: "sample clock", sampleClockMeans: (ahead: string) => `The sample database’s clock was moved ahead by ${ahead}. A live database’s never is.`,
    privacyOn: "Privacy mode", windowTitle: (place: string, where: string) => `${place} · ${where} · Queue Desk`, windowPrivate: (place: string) => `${place} · Queue Desk · Privacy mode`, hiddenText: "Hidden text",
    ledgerNever: "Ledger not verified", ledgerVerifying: "Verifying the ledger", ledgerVerified: (ago: string) => `Ledger verified ${ago} ago`, ledgerTampered: "Ledger NOT intact", ledgerUnknown: "Ledger not known",
    keys: "Keys", version: (v: string) => `Version ${v}`,
  },

  settings: {
    title: "Settings", density: "Rows", densities: { compact: "Compact", standard: "Standard", roomy: "Roomy" } as Record<string, string>,
    theme: "Theme", themes: { system: "System", light: "Light", dark: "Dark" } as Record<string, string>,
    log: "Log, this computer", levels: { off: "Off", error: "Errors", warn: "Warn", info: "Info", debug: "Debug" } as Record<string, string>, overridden: (by: string) => `QUEUE_DESK_LOG=${by} is stronger, until the next start without it.`, noFolder: "No folder on this system: nothing is kept",
    copyPath: "Copy the log’s folder", diagnostics: "Copy diagnostics", diagnosticsMeans: "For a report: versions, last refusals, the end of the log. No secrets, names, phones or texts.", notCopied: "It could not be copied.",
    privacy: "Privacy mode", privacyMeans: "Names as initials, phones by their last two digits, no message texts.",
    lockAfter: "Lock when nobody is here", lockMinutes: (n: number) => (n === 0 ? "Never" : `${number(n)} min`), lockNow: "Lock now",
    lockMeans: { password: "Opens with the password of this database. Who may use your account can restart Queue Desk: lock the computer too.", click: "Opens with a click: this database has no password of yours to ask for. It hides, it does not protect." } as Record<string, string>,
  },

  lock: {
    window: "Queue Desk is locked", title: "Locked", covered: "Leads and messages are covered.", running: "Automation is running on this desk.", stopping: "Automation is stopping, after what is on the wire.", idle: "No automation runs on this desk.", unknownRun: "Whether automation runs is not known.",
    sent: (n: number) => `${plural(n, { one: "{n} message", other: "{n} messages" })} sent in this run`, password: (login: string, name: string) => `Password of ${login} at ${name}`, unlock: "Unlock",
  },

  connect: {
    place: "Connect", switch: "Switch database", another: "Choose another database", switchTitle: "Automation is running on this desk",
    switchText: (wire: number) => `It stops first, after what is on the wire${wire ? ` (${number(wire)})` : ""}. Then this database is closed.`, switchConfirm: "Stop and switch", switching: "Stopping",
    title: "Where do your leads live?", promise: "Queue Desk reads the database before it believes it. Nothing is changed until you have seen what would change.",
    answers: {
      sample: { title: "Try it with sample leads", time: "20 s", text: (n: number | null) => `A small database on this computer, ${n === null ? "" : `${number(n)} `}invented leads, no message is ever sent.` },
      crm: { title: "Connect our CRM", time: "2 min", text: () => "A live Postgres, for example Supabase. You see what it is first." },
      empty: { title: "Start in an empty database", time: "1 min", text: () => "We offer the tables, you look at them, then we create them." },
    },
    sampleTitle: "Sample leads on this computer", sampleOpen: "Open the sample", sampleOpening: "Opening the sample", sampleWait: "The first time, the database is made. That takes up to 20 seconds.",
    samplePoints: { who: "An invented office: operators, clients, leads and a past.", rules: "Every rule applies. Sending is a dry run: nobody receives anything.", where: "It listens on this computer only, and stops with Queue Desk." } as Record<string, string>,
    supabaseNote: "Supabase: press Connect there and take the session pooler’s address, port 5432. The transaction pooler (6543) does not fit.", emptyNote: "Name a database without tables. You see every step before anything is made.",
    paste: "Paste a connection string", pasteNot: "Fill in the fields", string: "Connection string", stringHint: "postgresql://…", pasteBad: "This is no connection string. It begins with postgresql://", fill: "Fill the fields",
    host: "Host", port: "Port", database: "Database", login: "User", password: "Password", showPassword: "Show the password", hidePassword: "Hide the password",
    passwordKept: "Kept in memory for this run only, never in a file.", passwordInKeychain: "Kept in this computer’s keychain, never in a file.", passwordAgain: "You were here last. Its password was kept for that run only: type it again.", passwordKnown: "Known from before, for this run",
    transactionPooler: "The port is for a transaction pooler", transactionPoolerText: "Live updates and locks do not work there. Use port 5432.", usePort: "Use 5432",
    tls: "TLS", ca: "CA file", caChoose: "Choose a file", caOther: "Another", caRemove: "Remove the CA file",
    tlsModes: { auto: "By the address", "verify-full": "Verify in full", "verify-ca": "Verify the issuer", require: "Encrypt only", disable: "Off" } as Record<string, string>,
    tlsMeans: {
      auto: "Verified in full; off on this computer and in private networks.", "verify-full": "The certificate is for this host, by a known issuer.", "verify-ca": "The certificate is by a known issuer; its name is not compared.",
      require: "Encrypted. Whoever answers is believed.", disable: "In clear: whoever is on the way can read along.",
    } as Record<string, string>,
    environment: "This is", environments: { production: "Production", staging: "Staging", local: "Local" } as Record<string, string>,
    environmentMeans: { production: "red line on top", staging: "amber line on top", local: "blue line on top" } as Record<string, string>,
    saved: "Saved connections", savedOpen: (title: string) => `Open ${title}`, savedActs: (title: string) => `More for ${title}`, savedOpening: "Opening", edit: "Edit", duplicate: "Duplicate", testIt: "Test", remove: "Remove",
    removeAsk: (title: string, password: boolean) => `Remove ${title}${password ? " and its password" : ""}?`, keep: "Keep", saveAs: "Save as", saveAsHint: "Host/database", save: "Save", saving: "Saving",
    remember: "Remember the password in the keychain", rememberProbing: "Trying the keychain", forThisRun: "For this run only",
    guard: "Guard", guards: { silent: "Silent", confirm: "Confirm", read_only: "Read only" } as Record<string, string>,
    guardMeans: { silent: "what you ask for is done", confirm: "asks before acts on many", read_only: "looks, never writes" } as Record<string, string>,
    test: "Test the connection", testing: "Testing", stopTest: "Stop", steps: "What was found", ms: (n: string) => `${n} ms`, states: { ok: "Fine", warn: "To know", failed: "Failed", unknown: "Not known" } as Record<string, string>,
    step: { name: "Name", tcp: "Network", tls: "TLS", login: "Login", version: "Server", pooler: "Pooler", role: "Rights", tables: "Tables" } as Record<string, string>,
    changeIt: "Change", as: "as",
    is: {
      ready: "Ready", outdated: "An older Queue Desk set it up", newer: "A newer Queue Desk set it up", not_migrated: "This CRM is not set up for Queue Desk yet", empty: "The database is empty", other: "There is no CRM in this database",
    } as Record<string, string>,
    isText: {
      ready: "The CRM, set up for Queue Desk.", outdated: "It works; what is newer in this version waits for the missing steps.", newer: "Look here; to act, install the newer Queue Desk on this computer.",
      not_migrated: "You can look at it and check it. The actions work once schema queue_desk is added.", empty: "The CRM’s tables and what Queue Desk needs can be made in it.", other: "Tables were found, but no leads and no queue. Nothing was changed. Is it the right one?",
    } as Record<string, string>,
    askAdmin: "Ask your admin.", open: "Open the queue", readOnly: "Read only", look: "Look at it", seeSetup: (n: number) => plural(n, { one: "See the {n} step", other: "See the {n} steps" }),
  },

  guard: {
    on: (environment: string, name: string) => `On ${environment}, ${name}.`, title: "Do this here?", start: "Start automation",
  },

  setup: {
    see: "See what would be added", title: "What would be added", titleEmpty: "What would be made", about: (n: number, fresh: boolean) => `${plural(n, { one: "{n} step.", other: "{n} steps." })} Each is done whole or not at all${fresh ? "" : "; the CRM’s own columns and rows stay as they are"}. As`,
    nothing: "Nothing is missing. As", reading: "Reading the database", steps: "Steps", locks: "Locks:", states: { done: "Done", now: "Now", pending: "To do", changed: "To be replaced" } as Record<string, string>,
    run: (n: number) => plural(n, { one: "Do the {n} step", other: "Do the {n} steps" }), goOn: (n: number) => plural(n, { one: "Go on, {n} is left", other: "Go on, {n} are left" }), back: "Back", stop: "Stop after this step", stopping: "Stopping after this step",
    running: "Setting up", step: (n: number, of: number) => `Step ${number(n)} of ${number(of)}`, askAdmin: "An admin has to do this", askAdminText: "Nothing was changed. The owner of the database can (on Supabase: postgres).",
  },

  acting: {
    title: "Act for an operator", choose: "Act for an operator", choiceMeans: "What you do from then on is done for them, and the ledger keeps both names. You see what your own login may see. It ends when you stop, switch the database, or lock or close the window.",
    nobody: "There is nobody else to act for.", chooseFirst: "Choose an operator first.", confirm: (name: string) => `Act for ${name}`, confirmNobody: "Act for them", short: "Act for", already: (name: string) => `You act for ${name} already.`,
    now: (name: string) => `Acting for ${name}`, means: (by: string, who: string) => `What you do is done for them. The ledger says “${by} for ${who}”.`, stop: "Stop acting", for: (name: string) => `For ${name}.`,
    over: (name: string) => `You cannot act for ${name} any more`, overMeans: (why: "not_admin" | "retired") => `${{ not_admin: "Your login is no admin’s any more.", retired: "They were deactivated." }[why]} Nothing is done until you go on as yourself.`, back: "Go on as yourself",
    ended: (name: string, why: "not_admin" | "retired") => `You cannot act for ${name} any more: ${{ not_admin: "your login is no admin’s", retired: "they were deactivated" }[why]}.`, endedByLock: (name: string) => `Acting for ${name} has ended: you go on as yourself.`, inYourName: "It is done in your own name.",
  },

  stopped: {
    title: "All sending is paused", text: "No desk sends until somebody resumes.", until: (when: string) => `No desk sends until ${when}.`,
    byYou: (when: string) => `You stopped everything ${when}.`, by: (name: string, when: string) => `${name} stopped everything ${when}.`, byNobody: (when: string) => `Everything was stopped ${when}.`, why: (reason: string) => `Reason: ${reason}.`,
    wentBackTitle: "The database went back to an earlier state", wentBack: (when: string) => `All sending was stopped ${when}, because the database forgot what was done last. Messages may have been sent that it no longer knows of: compare with WhatsApp before you resume.`,
    gone: (n: number, orMore: boolean) => `${orMore ? `${number(n)} or more` : number(n)} ledger ${n === 1 ? "row" : "rows"} that this desk saw ${n === 1 && !orMore ? "is" : "are"} gone.`,
    putBack: (n: number) => plural(n, { one: "{n} message that went out from here was forgotten, and is back as proof.", other: "{n} messages that went out from here were forgotten, and are back as proof." }),
    notStopped: "This login may not stop sending: tell an operator at once.",
  },

  act: {
    prepare: "Prepare tomorrow", handBack: "Hand back", start: "Start automation", pause: "Pause automation", stopping: "Finishing what is out", take: "Take lead", export: "Export",
    stop: "Stop everything", resume: "Resume sending", undo: "Undo", receipt: "Receipt", close: "Close", dismiss: "Dismiss", tryAgain: "Try again", copySql: "Copy SQL", copied: "Copied",
    jump: (when: string) => `Jump the sample clock to ${when}`,
  },

  blocked: {
    readOnly: "This login may look, not act.", readOnlyServer: "This server or login is read only.", readReplica: "This is a read replica: connect to the primary to act.", readOnlyChosen: "This connection was opened to look, not act.", tooOld: (version: string) => `This Queue Desk is too old for the database. Install version ${version} or newer.`, noOperator: "This login is not an operator. Ask your admin to map it.", notReady: "The database is not set up yet. Ask your admin.",
    connecting: "Not connected yet.", noLead: "Choose a row first.", noMessage: "Choose a message first.", paused: "Everything is stopped. Resume sending first.",
    rowWithoutLead: "This message has no lead.", mine: "You have this lead already. R hands it back.", theirs: (name: string) => `${name} has this lead already. R hands it back.`, notMine: "Only its owner can hand a lead back.", stopping: "It stops when what is on the wire has an answer.",
  },

  queue: {
    grid: "Messages", show: "Show", count: (n: number) => messages(n), many: (n: number) => `more than ${messages(n)}`, matching: (shown: number, all: number) => `${number(shown)} of ${messages(all)}`,
    stateChip: "State", reasonChip: "Held because", operatorChip: "Operator", remove: (what: string) => `Remove the filter ${what}`, clear: "Clear", search: "Find a name or phone",
    col: { state: "State", lead: "Lead", phone: "Phone", why: "Why, and when", message: "Message", operator: "Operator", tries: "Tries" } as Record<string, string>,
    noName: "No name", now: "now",
    heldBar: (n: number) => plural(n, { one: "{n} held", other: "{n} held" }), waitingBar: (n: number) => `${number(n)} queued`,
    nextGoes: (when: string) => `next goes ${when}`, nextUnknown: "nothing goes until something changes", nextPaused: "nothing goes until sending is resumed", goingNow: (n: number) => `${number(n)} due now: start automation`, goingRunning: "going out now", allDone: "Nothing is waiting",
    byReason: (list: string) => `Held by reason: ${list}`,
    emptyTitle: "The queue is empty", emptyText: "Prepare shows who would be queued, when, and who is left out. Nothing is written until you say so.",
    noMatch: (what: string) => `No message matches ${what}`, noMatchText: (all: number) => `There are ${messages(all)} without the filter.`, clearFilter: "Clear the filter",
    newRows: (n: number) => `${number(n)} new`, press: "press", errorTitle: "The queue could not be read", loading: "Loading the queue",
    rowLabel: (name: string, state: string) => `${name}, ${state}`,
  },

  select: {
    bar: "Chosen messages", count: (n: number) => plural(n, { one: "{n} selected", other: "{n} selected" }), all: (n: number) => `Select all ${number(n)}`, loaded: (n: number) => `Select the ${number(n)} loaded`,
    page: "Select what is in sight", none: "Select none", clear: "Clear the selection",
  },

  verb: {
    cancel: "Cancel", retry: "Retry", reschedule: "Reschedule", priority: "Priority", assign: "Assign", settle: "Settle", adopt: "Adopt", more: "More",
    asks: (verb: string) => `${verb}…`, some: (verb: string, n: number, all: number) => `${verb} ${number(n)} of ${number(all)}`, many: (verb: string, n: number) => (n ? `${verb} ${number(n)}` : verb),
    leftAlone: (n: number) => plural(n, { one: "{n} other that you selected is left alone.", other: "{n} others that you selected are left alone." }),
    moveTo: (name: string, free: number) => `Move to ${name}, ${number(free)} free`, showUnknown: "Show the earlier message",
  },

  /** Why a verb can do nothing for a message. */
  cannot: {
    mixed: "None of the selected messages is in a state for this.", known: "Its outcome is known: there is nothing to settle.", unknown: "Its outcome is not known. Settle it first.", waits: "It is queued already.",
    adopted: "It is this program’s already.", notWaiting: "Only what waits can be adopted.", taken: (name: string) => `${name} has this lead. Hand it back first.`, optedOut: "This person asked for no messages.",
    lane: {
      sending: "It is on the wire.", sent: "It was sent.", delivered: "It was delivered.", failed: "It failed. Retry puts it back in the queue.", cancelled: "It is cancelled. Retry puts it back in the queue.",
      queued: "It is queued.", held: "It is queued.",
    } as Record<string, string>,
  },

  priority: {
    label: "Priority", words: { urgent: "Urgent", high: "High", normal: "Normal", low: "Low" } as Record<string, string>, of: (name: string, n: number) => `${name}, ${number(n)} of 10`, item: (name: string) => `Priority: ${name}`,
  },

  cancel: {
    title: (n: number) => `Cancel ${messages(n)}`, titleOne: (name: string) => `Cancel the message to ${name}`, means: "What is cancelled is not sent. Undo queues it again.",
    wire: (n: number) => plural(n, { one: "{n} is on the wire: it is cancelled only if it has not left yet.", other: "{n} are on the wire: they are cancelled only if they have not left yet." }),
    reason: "Reason (optional)", placeholder: "Wrong price list", confirm: (n: number) => `Cancel ${messages(n)}`,
  },

  reschedule: {
    title: (n: number) => `Reschedule ${messages(n)}`, titleOne: (name: string) => `Reschedule the message to ${name}`, quick: "Quick answers", hour: "In 1 hour", evening: (clock: string) => `This evening, ${clock}`,
    opening: (clock: string) => `Tomorrow at opening, ${clock}`, tomorrow: (clock: string) => `Tomorrow, ${clock}`, day: "Day", time: "Time", result: (when: string, zone: string) => `${when.charAt(0).toUpperCase()}${when.slice(1)}, ${zone}`,
    notATime: "This is not a day and a time.", past: "This time is over. Choose one ahead.", holds: "Opening hours, quiet hours and caps still hold: it goes at this time, or as soon after it as they allow.",
    holdsMany: "All get the same time. Opening hours, quiet hours, caps and pace still hold: they go from this time on, as these allow.", confirm: (n: number) => `Reschedule ${messages(n)}`,
  },

  assign: {
    title: (n: number) => `Assign ${messages(n)}`, titleOne: (name: string) => `Assign the message to ${name}`, now: (n: number, name: string) => `${name} has ${n === 1 ? "it" : "them"} now.`, to: "To whom", nobody: "There is nobody else to assign to.",
    means: "What is assigned counts in the receiver’s day, and goes in the receiver’s opening hours.", over: (n: number, name: string) => `${name} has no room for ${number(n)} of them today. What is over the capacity of its day is left alone.`,
    confirm: (n: number, name: string | null) => (name ? `Assign ${number(n)} to ${name}` : `Assign ${messages(n)}`),
  },

  settle: {
    title: (n: number) => `Were these ${messages(n)} sent?`, titleOne: (name: string) => `Was the message to ${name} sent?`, how: "How to answer", oneByOne: (n: number) => `One by one, ${number(n)} left`, all: (n: number) => `All ${number(n)} at once`,
    what: "The request left, and no answer came back", whatOne: "Look in WhatsApp or ask the provider. Until you answer, nothing else goes to this lead or phone.", whatMany: "Look in WhatsApp or ask the provider. One answer for all of them: be sure that it is true for each.",
    left: (when: string) => `left ${when}`, leftBy: (when: string, sender: string) => `left ${when} by ${sender}`, noTime: "at a time that is not known", sender: { dry_run: "the dry run", whatsapp: "WhatsApp", webhook: "the webhook" } as Record<string, string>,
    sent: "It was sent", notSent: "It was not sent", sentMeans: "Counts as sent at that time, and is never sent again.", notSentMeans: "Stays failed. Retry can queue it again.", note: "How you know (optional)", placeholder: "Seen in the chat", final: "Your answer stays: it cannot be undone.",
  },

  optOut: {
    verb: "Opt out", title: (name: string) => `Opt ${name} out`, never: "No message goes to this person any more, from any desk.", waits: "What waits for this lead is cancelled.", waitsPhone: "That holds for every lead with this phone. What waits for them is cancelled.",
    reason: "Reason (optional)", placeholder: "Asked by phone on Tuesday",
  },

  erase: {
    open: "Erase this person", title: (name: string) => `Erase ${name}`, means: "For somebody who asked to be forgotten. It cannot be undone.", loading: "Looking what there is", errorTitle: "It could not be looked up",
    who: "Leads", samePhone: "same phone", hidden: "A lead of a client that you do not see", noName: "No name", leaveOut: "Choose those that are the same person: several people may share a phone. The opt-out holds for all of them.", begun: "begun before and cut short",
    goes: "Is erased", counts: (messages_: number, jobs: number) => `Name, phone and texts of the leads, of ${messages(messages_)} and ${plural(jobs, { one: "{n} job", other: "{n} jobs" })}`, waiting: (n: number) => `${messages(n)} waiting: cancelled`, quarantined: (n: number) => `${rows(n)} in quarantine`, columns: (n: number) => plural(n, { one: "{n} column", other: "{n} columns" }),
    stays: "Stays", byPhone: "A salted fingerprint of the phone, as an opt-out: without it somebody could write to this person again.", byLead: "An opt-out of the lead. It has no valid phone, so under a new lead this person could be written to again.", ledger: (n: number) => `${rows(n)} of the ledger: ids, state words and times.`, reasons: (n: number) => plural(n, { one: "A reason that somebody typed for {n} act. The ledger cannot be changed.", other: "Reasons that people typed for {n} acts. The ledger cannot be changed." }), files: "Files that were exported before, and backups.",
    elsewhere: "Not erased by Queue Desk", elsewhereRow: (table: string, n: number | null) => (n === null ? `${table}: not known how many` : `${table}: ${rows(n)}`), leftColumn: { no_text: "no text", key: "part of a key", generated: "generated", needs_value: "needs a value" } as Record<string, string>,
    wire: (n: number) => `${messages(n)} on the wire. Wait until the outcome is known.`, type: (word: string) => `Type ${word} to go on`, word: "ERASE", confirm: "Erase for good",
    done: (n: number) => plural(n, { one: "{n} lead erased", other: "{n} leads erased" }), goesOn: "nobody writes to them any more; erase again to go on", elsewhereLeft: "rows elsewhere in the CRM stay", notByPhone: "no opt-out by phone",
  },

  pause: {
    title: "Pause sending", means: "Nothing is cancelled: what is held goes on when the pause ends.", scope: "For whom", scopes: { all: "Everyone", operator: "One operator", client: "This client", lead: "This lead", template: "This template" } as Record<string, string>,
    allNote: "from every desk", until: "Until", ends: { hour: "1 hour", day: "End of day", lifted: "Until lifted" } as Record<string, string>,
    untilTime: (when: string) => `It ends by itself ${when}.`, untilLifted: "It holds until somebody lifts it.", reason: "Reason (optional)", placeholder: "Prices change at noon", confirm: "Pause",
  },

  pauses: {
    title: "What lets a message go", whom: (scope: string, name: string) => `${scope}: ${name}`, kinds: { operator: "Operator", client: "Client", lead: "Lead", template: "Template" } as Record<string, string>, until: (when: string) => `Paused until ${when}`, noEnd: "Paused until lifted", by: (name: string, when: string) => `by ${name}, ${when}`, at: (when: string) => `since ${when}`,
    lift: "Lift", liftOf: (whom: string) => `Lift the pause: ${whom}`, none: "No pause is in effect: hours, caps and people decide.", unknown: "The pauses could not be read.", loading: "Reading the pauses", see: "See the pauses",
  },

  adopt: {
    label: "Queued by another program", title: (n: number) => plural(n, { one: "This one was queued by another program. Adopt it?", other: "These {n} were queued by another program. Adopt them?" }),
    means: "What waits for you then goes by the same rules as the rest. Until then nothing sends it from here.", show: "Show them", confirm: "Adopt mine",
  },

  operators: {
    title: "Operators", means: "Who may queue and send here, and with which database login.", manage: "Manage", loading: "Reading the operators", errorTitle: "The operators could not be read", admins: "Only an admin can change this.",
    waiting: (n: number) => `${number(n)} waiting`, used: (n: number) => `${number(n)} used today`, usedOf: (used: number, cap: number) => `${number(used)} of ${number(cap)} used today`, free: (n: number) => `${number(n)} free`, full: "full today", noLimit: "no limit",
    noLogin: "no login", loginAdmin: (login: string) => `${login} (admin)`, loginRunner: (login: string) => `${login} (runner)`, you: "you", inactive: "Not active", deactivate: "Deactivate", deactivateOf: (name: string) => `Deactivate ${name}`, keep: "Keep as it is", notNow: "Not now", notYourself: "Another admin has to do this.",
    ask: (n: number) => plural(n, { one: "{n} waiting message stays, and is held.", other: n ? "{n} waiting messages stay, and are held." : "Nothing waits for this operator." }),
    add: "Add an operator", userId: "User id in the CRM", name: "Name", loginName: "Its name", passwordLabel: "The password, 12 characters or more", loginKind: "Database login", loginKinds: { none: "None yet", map: "One that exists", make: "A new one" } as Record<string, string>,
    password: "Password", passwordKinds: { make: "Make one", type: "Type one" } as Record<string, string>, passwordMade: "24 letters and digits. It goes to the clipboard of this computer for two minutes, is never shown, and is kept nowhere.", passwordTyped: "The database gets a fingerprint of it (SCRAM), never the password.", passwordShort: "A password has 12 characters or more.", noLoginName: "A login is needed.",
    sql: "What is run", sqlNote: "the dots are the password’s fingerprint", makeAndAdd: "Make the login and add", cannotMake: { no_createrole: "Your login may not make logins", no_admin_option: "Your login may not add members to queue_desk_operator", not_admin: "Only an admin makes logins" } as Record<string, string>,
    cannotMakeText: "Save the script for whoever owns the database. When it was run, add the operator with a login that exists.", saveScript: "Save the script", scriptSaved: (file: string) => `Saved as ${file}`, handOver: (login: string) => `The password of ${login} is on the clipboard`, handOverText: "For two minutes. Paste it where you hand it over; it is shown nowhere and kept nowhere.",
    closeToo: "Close the login, so that nobody connects with it any more", closeNone: "No login of theirs may log in.", closeUnknown: "Which logins are open could not be read: deactivating closes none of them.", staysOpen: { own: "stays open: it is the one you are using", more_than_a_desk: "stays open: it can do more than a desk", no_createrole: "stays open: your login may not close it", no_admin_option: "stays open: your login may not close it" } as Record<string, string>,
    connected: "Connected now", connectedLoading: "Looking who is connected", connectedUnknown: "Who is connected is not known", connectedUnknownText: "The server does not show its sessions to Queue Desk.", thisDesk: "this desk", nobodys: "Nobody’s login", noOperator: "no operator", program: { window: "Window", command: "Command line" } as Record<string, string>, aDesk: "Desk",
    since: (ago: string) => `for ${ago}`, sinceUnknown: "since when is not known", runs: "Runs", noRun: "No automation runs.", runOf: (who: string, sender: string) => `${who}, ${sender}`, everybody: "Everybody", runDone: (sent: number, claimed: number) => `${number(sent)} of ${number(claimed)} sent`, heartbeat: (ago: string) => `heard ${ago} ago`, silent: "Silent", runStopping: "Stopping", isAdmin: "Admin: may change the schema and operators", isRunner: "Runner: may send everybody’s messages", exists: "The user exists in the CRM already.", confirm: "Add",
    renew: "New password", renewOf: (name: string) => `New password for ${name}`, renewMeans: "Whoever is connected with the old password is put out.", reopen: "Open again", reopenOf: (name: string) => `Open the login of ${name} again`, reopenMeans: "The login works again, and so does the operator.",
    cannotRenew: { own: "It is the login you are using", more_than_a_desk: "It can do more than a desk, and is not changed from here", no_createrole: "Your login may not change logins", no_admin_option: "Your login may not change this login", not_admin: "Only an admin changes logins" } as Record<string, string>,
    cannotRenewText: "Save the script for whoever owns the database.",
    notAnId: "A user id looks like the example.", already: "This user is an operator already.", noName: "A name is needed.",
  },

  leads: {
    one: "Lead", count: (n: number, most: number) => (n < most ? leads(n) : `more than ${leads(most - 1)}`), matching: (n: number, most: number) => plural(n, { one: "{n} lead matches", other: n < most ? "{n} leads match" : `more than ${number(most - 1)} leads match` }),
    counted: (ago: string) => `counted ${ago} ago`, countedNow: "counted just now", anyStatus: "Any status", statusCount: (status: string, n: string) => `${status} · ${n}`, atLeast: (n: number) => `${number(n)} or more`, whose: { mine: "Mine", taken: "Taken", free: "Free" } as Record<string, string>,
    col: { lead: "Lead", phone: "Phone", status: "Status", owner: "Owner", waiting: "Waiting", sent: "Last sent", created: "Created" } as Record<string, string>,
    nobody: "Nobody", both: (status: string, optedOut: string) => `${status}, ${optedOut}`, rowLabel: (name: string, status: string, owner: string) => `${name}, ${status}: ${owner}`,
    yours: "You have this lead", theirs: (owner: string) => `${owner} has this lead`, free: "Nobody has this lead", ownedMeans: "Nothing is sent to it by the machine, from any desk.",
    freeMeans: (n: number) => plural(n, { one: "{n} message waits for its time.", other: n ? "{n} messages wait for their time." : "No message waits for it." }),
    client: "Client", interaction: "Last contact", notByUs: "Not by Queue Desk", emptyTitle: "There is no lead", emptyText: "Leads come from the CRM. Those of your clients appear here by themselves.",
    noMatch: (what: string) => `No lead matches ${what}`, noMatchText: "Without the filter every lead that you may see is shown.", errorTitle: "The leads could not be read", loading: "Loading the leads",
  },

  jobState: { queued: "Queued", processing: "Processing", completed: "Completed", failed: "Failed", cancelled: "Cancelled" } as Record<string, string>,
  jobMeans: { queued: "It waits for its turn.", processing: "It is being worked on now.", completed: "It is done.", failed: "It did not work, and left no word why.", cancelled: "It will not be done." } as Record<string, string>,
  jobKind: { auto: "Auto", manual: "Manual", retry: "Retry" } as Record<string, string>,

  jobs: {
    one: "Job", count: (n: number, all: boolean) => (all ? jobs(n) : `more than ${jobs(n)}`),
    col: { state: "State", lead: "Lead", kind: "Kind", progress: "Progress", operator: "Operator", tries: "Tries", error: "Error", created: "Created" } as Record<string, string>,
    noLead: "No lead", percent: (n: number) => `${number(n)} %`, kindAndStep: (kind: string, step: string) => `${kind}, ${step}`, step: "Step", priority: "Priority", started: "Started", completed: "Completed",
    emptyTitle: "There is no job", emptyText: "A job is what the CRM does for a lead before and beside its messages. They appear here by themselves.",
    noMatch: (what: string) => `No job matches ${what}`, noMatchText: "Without the filter every job that you may see is shown.", errorTitle: "The jobs could not be read", loading: "Loading the jobs",
  },

  why: {
    onTheWire: "On the wire", hasSlot: "Has its slot", dueNow: "Due, next in line", atProvider: "At the provider, no receipt yet", delivered: "Delivered", simulated: "Nobody received it",
    failed: "Not sent", cancelled: "Cancelled", held: "A rule says not yet", unknown: "No answer: may have been sent", takenBy: (name: string) => `Taken by ${name}`,
    with: (reason: string, detail: string) => `${reason}, ${detail}`, state: (lane: string, why: string) => `${lane}: ${why}`,
  },

  peek: {
    label: "Message", id: "Id", close: "Close", message: "Message", facts: "Facts", operator: "Operator", owner: "Owner", you: "You", scheduled: "Slot",
    tries: "Tries", template: "Template", nobody: "Nobody: the machine may send", next: "It may go", goesNow: "It may go now.", since: "Since", noTime: "It does not go by itself.",
    take: "Take", takeOver: "Take over", handBack: "Hand back",
    takeOverMeans: (name: string) => `${name} has this lead. You are asked before it changes hands.`,
    takeMeans: "Taking cancels what is queued for this lead. Nothing more is sent by the machine.", noContent: "No text",
  },

  takeOver: {
    title: (name: string) => `Take ${name} over`, has: (owner: string) => `${owner} has this lead: take it over?`, hasSince: (owner: string, since: string) => `${owner} has this lead since ${since}: take it over?`,
    means: (owner: string) => `What is still queued for it is cancelled, and nothing more is sent by the machine. The ledger says that you took it from ${owner}.`, confirm: "Take over",
  },

  handBack: {
    title: (name: string) => `Hand ${name} back`, text: "The machine may message this lead again. Say why, for the ledger.", reason: "Reason (optional)", confirm: "Hand back", placeholder: "Not interested now, call in spring",
  },

  prepare: {
    title: (day: string) => `Prepare ${day}`, promise: "A plan only. Nothing is written until you queue it.", candidates: (n: number) => plural(n, { one: "{n} candidate", other: "{n} candidates" }),
    counting: "Counting candidates", earlier: "A day earlier", later: "A day later",
    queued: "Will be queued", firstLast: (first: string, last: string) => `first ${first}, last ${last}`, nobody: "nobody",
    leftOut: "Left out", reasons: (n: number) => plural(n, { one: "{n} reason, named", other: "{n} reasons, each named" }), noReasons: "nobody is left out",
    room: "Room that day", roomOf: (max: number, already: number) => `of ${number(max)}, ${number(already)} already there`, pace: "Pace", paceOf: (hour: number) => `an hour at the peak, limit ${number(hour)}`,
    day: "The day, quarter by quarter", hatched: "hatched: closed or a break", dayLabel: (n: number, first: string, last: string) => `${messages(n)} between ${first} and ${last}, by quarter of an hour`,
    bar: (n: number, from: string) => `${from}: ${messages(n)}`, closedDay: "Closed all day",
    order: "Who, in order", colTime: "Slot", colLead: "Lead", colPhone: "Phone", colScore: "Score", colText: "Message",
    whyOut: "Left out, and why", back: "All reasons", orderText: "Score first (heat, BANT, days waiting), then the oldest.", nobodyOut: "Everybody who could go is in the plan.",
    plan: "plan", footer: "If the data moves before you press, you are asked again.", confirm: (n: number) => `Queue ${messages(n)}`, working: "Queueing",
    zeroTitle: (day: string) => `Nobody would be queued on ${day}`, zeroMain: (reason: string, n: number) => `Most often: ${reason} (${number(n)}). The others are listed beside it.`, zeroNone: "There is no lead to look at.",
    staleTitle: "The plan has changed", staleOthers: (n: number) => `Queue the other ${number(n)}`, staleAgain: "Show the new plan",
    errorTitle: "There is no plan for this day",
    warning: {
      zone_unknown: (n) => `Zone not known for ${leads(n)}: they go only when it is daytime everywhere they could be.`,
      closed_day: (n) => `This day is closed: ${leads(n)} would have no slot. Choose another day.`,
      no_rate: (n) => `The hourly limit is 0: ${leads(n)} would have no slot. An admin can raise it.`,
      no_time_left: (n) => `No opening hours are left on this day: ${leads(n)} would have no slot.`,
      no_target: (n) => `The day’s target is 0, so ${leads(n)} stay out. An admin can raise it.`,
    } as Record<string, (n: number) => string>,
    warningOther: (n: number, what: string) => `${what}: ${leads(n)}.`,
  },

  automation: {
    scope: "this desk", idle: "Automation is stopped", running: (since: string, who: string | null) => (who ? `Running for ${who} since ${since}` : `Running since ${since}`), stopping: "Stopping", idleText: "Nothing goes out from this desk, and nothing is waiting.",
    dryRunTitle: "Dry run: nobody receives anything", dryRunText: "A sample database: every rule applies, and no message leaves this computer.",
    onTheWire: (n: number) => plural(n, { one: "{n} on the wire now.", other: "{n} on the wire now." }), nothingOut: "Nothing on the wire.", nextIs: (when: string) => `The next may go ${when}.`, noNext: "Nothing is waiting.",
    start: "Start", pause: "Pause", stopAfter: (n: number) => `Stops after these ${number(n)}`,
    stopped: (why: string) => `Stopped: ${why}`,
    sent: "Sent", sentDry: "Sent, dry run", sentMeans: "by this run", wire: "On the wire", wireMeans: "wait for an answer", held: "Held", failed: "Failed", failedMeans: "certainly not sent", unknown: "Unknown", unknownMeans: "for a person",
    heldNext: (when: string) => `next ${when}`, heldNone: "nothing waits for a rule",
    lastHour: "Last hour", perMinute: "sent each minute", chart: (total: number) => `${messages(total)} sent in the last hour, by minute`, minute: "Minute", noRun: "Nothing was sent in the last hour.",
    worth: "Worth knowing", worthNone: "Nothing needs you.",
    noteUnknown: (n: number) => plural(n, { one: "{n} message has no known outcome. It is never sent again by the machine; a person settles it.", other: "{n} messages have no known outcome. They are never sent again by the machine; a person settles them." }),
    noteRescued: (n: number) => plural(n, { one: "{n} message was left behind by a desk that died, and is settled.", other: "{n} messages were left behind by a desk that died, and are settled." }),
    noteReturned: (n: number) => plural(n, { one: "{n} message went back to the queue: a rule closed before it was dispatched.", other: "{n} messages went back to the queue: a rule closed before they were dispatched." }),
    noteCancelled: (n: number) => plural(n, { one: "{n} message was cancelled by a person just before it went.", other: "{n} messages were cancelled by a person just before they went." }),
    noteFailed: (n: number) => plural(n, { one: "{n} message was certainly not sent.", other: "{n} messages were certainly not sent." }),
    noteFull: (name: string, cap: number) => `${name}’s day is full: ${number(cap)} of ${number(cap)}.`,
    show: "Show", holds: "What holds messages back", holdsNone: "No rule holds a message now.", until: (when: string) => `until ${when}`, noEnd: "no end yet",
    operators: "Operators today", usedOf: (used: number, cap: number) => `${number(used)} of ${number(cap)}`, planned: (n: number) => `${number(n)} planned`, full: "full",
  },

  receipt: {
    nothing: "Nothing changed", asked: "Asked", changed: "Changed", skipped: "Skipped", failed: "Failed", done: "Done", nothingBadge: "Nothing changed", failedBadge: "Failed", partly: "Partly failed",
    prepare: (n: number, day: string | null) => (day ? `${messages(n)} queued for ${day}` : `${messages(n)} queued`),
    take: (name: string | null) => (name ? `${name} is yours` : "Lead taken"), takeFor: (name: string | null, who: string) => (name ? `${name} is with ${who}` : `Lead taken for ${who}`), takeCancelled: (n: number) => `${messages(n)} cancelled`, takeEarlier: (n: number) => `${number(n)} dispatched before`, wire: (n: number) => `${number(n)} on the wire will finish`,
    release: (name: string | null) => (name ? `${name} was handed back` : "Lead handed back"), undo: (n: number) => `${messages(n)} undone`, staysCancelled: "The machine may message it again; what was cancelled stays cancelled",
    stop: "All sending is paused", stopText: "No desk sends until somebody resumes.", resume: "Sending is resumed", export: (n: number) => plural(n, { one: "{n} row exported", other: "{n} rows exported" }),
    other: (action: string, n: number) => `${action}: ${number(n)} changed`, partFailed: (changed: number, asked: number, failed: number) => `${number(changed)} of ${number(asked)} changed, ${number(failed)} failed`,
    askedLine: (n: number) => `Asked ${number(n)}`, skippedLine: (n: number, why: string) => `skipped ${number(n)} (${why})`, takenByLine: (name: string) => `${name} has it`,
    why: "Skipped, and why", failures: "Failed, and why", detail: "In detail", number: "Ledger", id: "Receipt", plan: "Plan", day: "Day", owner: "Owner", cancelledMessages: "Messages cancelled", cancelledJobs: "Jobs cancelled",
    earlier: "Dispatched earlier", earlierNone: "Nothing was dispatched earlier", onWire: "On the wire", onWireText: (n: number) => plural(n, { one: "{n} is on its way and cannot be called back", other: "{n} are on their way and cannot be called back" }),
    stage: "Lead status", file: "File",
    who: "Who", when: "When", reason: "Reason", forWho: (by: string, who: string) => `${by} for ${who}`, rows: "Rows, by table", noRows: "No row of a table changed.", rowsLine: (thing: string, change: string) => `${thing}: ${change}`, fromTo: (from: string, to: string) => `${from} → ${to}`, isNew: (to: string) => `new, ${to}`, cleared: "cleared",
    ledgerRange: "Ledger rows", range: (from: string, to: string) => (from === to ? `#${from}` : `#${from} … #${to}`), hash: "Seal", notSealed: "not sealed yet, within seconds", showRows: "Show the rows", noPage: "What the ledger knows of it could not be read", notKept: "This login may only look, so the ledger keeps no receipt of it.",
    foundInLedger: "the connection broke, the ledger shows that it was done", notDone: (verb: string) => `${verb}: the connection broke, and the ledger shows that nothing was done. Do it again.`,
    canUndo: (n: number) => plural(n, { one: "{n} row can still be undone.", other: "{n} rows can still be undone." }), noneLeft: "Nothing is left to undo.", notYours: "Only who did it, or an admin, may undo it.", undoN: (n: number) => `Undo ${number(n)}`,
    undoPrepare: "Undo cancels what was not sent yet.", error: "It did not work", more: (n: number) => `and ${number(n)} more`,
    earlierAt: (when: string, dry: boolean) => (dry ? `${when}, dry run` : when),
    stageState: {
      written: (word) => `${word}, written`, pending: (word) => `${word}, being written`, unchanged: (word) => `${word}, unchanged`,
      refused: (word) => `${word}, refused by the database`, no_legal_word: () => "unchanged: this database has no word for it",
    } as Record<string, (word: string) => string>,
    cancel: (n: number) => `${messages(n)} cancelled`, retry: (n: number) => `${messages(n)} queued again`, reschedule: (n: number, when: string | null) => (when ? `${messages(n)} rescheduled to ${when}` : `${messages(n)} rescheduled`),
    setPriority: (n: number, name: string | null) => (name ? `Priority of ${messages(n)}: ${name}` : `Priority of ${messages(n)} changed`), assign: (n: number, name: string | null) => (name ? `${messages(n)} assigned to ${name}` : `${messages(n)} assigned`),
    resolve: (n: number, sent: boolean) => (sent ? `${messages(n)} settled as sent` : `${messages(n)} settled as not sent`), canRetry: "retry can queue it again",
    optOut: (name: string | null) => (name ? `${name} is opted out` : "Lead opted out"), adopt: (n: number) => `${messages(n)} adopted`, pause: (who: string | null) => (who ? `Paused: ${who}` : "Paused"), pauseText: "What is held goes on when the pause ends", lifted: (who: string | null) => (who ? `The pause is lifted: ${who}` : "The pause is lifted"),
    operatorAdd: (name: string | null) => (name ? `${name} is an operator` : "Operator added"), operatorRenew: (name: string | null, reopened: boolean) => (reopened ? (name ? `${name} is an operator again` : "Login opened again") : name ? `${name} has a new password` : "New password"), operatorDeactivate: (name: string | null) => (name ? `${name} is not active any more` : "Operator deactivated"),
    skippedParts: (n: number, why: string) => `${number(n)} ${why}`, skippedRest: (n: number) => `${number(n)} for other reasons`,
    undone: {
      cancel: (n) => `${messages(n)} queued again`, reschedule: (n) => `${messages(n)} back at the earlier time`, set_priority: (n) => `${messages(n)} back at the earlier priority`, assign: (n) => `${messages(n)} given back`,
      adopt: (n) => `${messages(n)} not adopted any more`, opt_out: () => "The opt-out is undone", pause: () => "The pause is undone",
    } as Record<string, (n: number) => string>,
    undoMeans: {
      take: "Undo hands the lead back; cancelled messages stay cancelled.", cancel: "Undo queues again what still may go.", reschedule: "Undo puts back the earlier times of what still waits.", set_priority: "Undo puts back the earlier priorities of what still waits.",
      assign: "Undo gives back what still waits.", opt_out: "Undo lets this person be written to, and queues again what was cancelled.", adopt: "Undo gives back what still waits.", pause: "Undo lifts the pause.",
    } as Record<string, string>,
    action: { cancel: "Cancel", retry: "Retry", reschedule: "Reschedule", set_priority: "Priority", assign: "Assign", resolve: "Settle", opt_out: "Opt out", erase: "Erase", adopt: "Adopt", operator_add: "Add an operator", operator_deactivate: "Deactivate", operator_renew: "New password", prepare: "Prepare", take: "Take lead", release: "Hand back", undo: "Undo", stop: "Stop everything", stop_everything: "Stop everything", pause: "Pause", resume: "Resume sending", export: "Export", run: "Automation",
      migrate: "Mend", quarantine_restore: "Put back", quarantine_keep: "Keep out", sample: "Sample", settings: "Settings", write_figures: "Write the figures" } as Record<string, string>,
  },

  ledger: {
    one: "Ledger row", count: (n: number, all: boolean) => (all ? rows(n) : `more than ${rows(n)}`), kinds: { receipt: "Acts", change: "State changes", foreign: "Other programs" } as Record<string, string>,
    col: { at: "When", what: "What", lead: "Lead", who: "Who", seal: "Seal" } as Record<string, string>, kind: "Kind", sealOf: (n: number) => `#${number(n)}`, notSealed: "waits",
    anyAct: "Any act", anyTime: "Any time", anybody: "Anybody", act: "Act", time: "Time", days: { today: "Today", week: "7 days", month: "30 days" } as Record<string, string>,
    leadChip: "Lead", receiptChip: "Receipt", whoChip: "Who", thisLead: "one lead", remove: (what: string) => `Remove the filter ${what}`,
    actor: { person: "A person", automation: "Automation", system: "Queue Desk itself", foreign: "Another program" } as Record<string, string>, byFor: (by: string, who: string) => `${by} for ${who}`,
    hiddenLead: "Not your client’s", noLead: "–", because: (reason: string) => `Reason: ${reason}`,
    taken: (name: string | null) => (name ? `${name} taken` : "Lead taken"), nothingChanged: (act: string) => `${act}: nothing changed`, gone: "deleted",
    began: (thing: string, state: string) => `${thing} is ${state}`, went: (thing: string, from: string, to: string) => `${thing}: ${from}, now ${to}`,
    thing: { message: "Message", job: "Job", lead: "Lead status", delivery: "Attempt", operator: "Operator", login: "Login" } as Record<string, string>, notSent: "Not sent",
    gate: { taken: "Lead taken", free: "Lead handed back" } as Record<string, string>, pause: { paused: "All sending paused", running: "Sending resumed" } as Record<string, string>, onePause: { paused: "A pause began", running: "A pause was lifted" } as Record<string, string>,
    optOut: { opted_out: "Opted out", withdrawn: "The opt-out is undone" } as Record<string, string>, run: { running: "Automation started" } as Record<string, string>,
    settings: "Settings changed", clock: "Sample clock moved", reset: "Sample emptied", other: (entity: string, act: string) => `${entity}: ${act}`,
    openReceipt: "Receipt", openLead: "Open the lead", actOf: "Act", login: "Login", entity: "Table", number: "Row", place: "In the chain", state: "State", arrow: (from: string, to: string) => `${from} → ${to}`, none: "none", readOnlyWords: "Ids and state words only: no phones and no texts are kept here.",
    sealedTo: (when: string) => `Sealed to ${when}`, nothingSealed: "Nothing is sealed yet", waiting: (n: number) => plural(n, { one: "{n} row not yet", other: n >= 10_000 ? "{n} rows or more not yet" : "{n} rows not yet" }),
    gaps: (n: number) => plural(n, { one: "{n} change could not be written here", other: "{n} changes could not be written here" }), lastGap: (what: string, when: string) => `last: ${what}, ${when}`,
    verify: "Verify", verifyAgain: "Verify again", verifying: "Verifying", progress: (done: number, total: number) => `${number(done)} of ${rows(total)}`, stop: "Stop", stopping: "Stopping",
    never: "Not verified by this window.", intact: (n: number, when: string) => `${plural(n, { one: "{n} row is", other: "{n} rows are" })} as written. Verified ${when}.`, sameHead: "Its end is the one that this desk saw before.", firstHead: "This desk looked for the first time: from now on it remembers the end.",
    unknownTitle: "It is not known whether the ledger is intact", nothingToVerify: "Nothing is sealed, so there is nothing to verify. Rows are sealed within seconds after they are written.",
    tamperedTitle: (n: number) => plural(n, { one: "The ledger is not intact: {n} place", other: "The ledger is not intact: {n} places" }), tamperedText: "Somebody with the rights of the database’s owner changed what was written. Tell your admin; do not empty or repair it first.", more: (n: number) => `and ${number(n)} more`,
    problem: {
      changed: (at: string) => `${at}: the row, or its seal, is not what was sealed`, deleted: (at: string) => `${at}: the sealed row was deleted`, missing_seal: (at: string) => `${at}: the seal is missing`,
      inserted_behind: (at: string) => `${at}: slipped in behind rows that were sealed`, cut: (at: string) => `${at}: the end that this desk saw before was cut off`, rewritten: (at: string) => `${at}: another seal stands where this desk saw the end`, unknown_version: (at: string) => `${at}: sealed by a newer program, which this one cannot judge`,
    } as Record<string, (at: string) => string>,
    atSeal: (n: number) => `Seal ${number(n)}`, atRow: (id: string) => `row ${id}`, both: (a: string, b: string) => `${a}, ${b}`, notSealedBecause: (why: string) => `Nothing was sealed before: ${why}`,
    emptyTitle: "The ledger is empty", emptyText: "Every act and every change of state is written here, also those of other programs.", noMatch: "No row of the ledger is like that", noMatchText: "Without the filter every row is shown.", errorTitle: "The ledger could not be read", loading: "Loading the ledger",
    rowLabel: (what: string, who: string, when: string) => `${what}, ${who}, ${when}`,
  },

  lead: {
    back: (place: string) => `Back to ${place}`, kinds: { messages: "Messages", people: "People", system: "System" } as Record<string, string>, everything: "Everything", filter: "What is shown",
    has: (who: string, since: string) => `${who} since ${since}.`, promise: "No automated message to this lead can start, from any desk.", free: "Nobody has this lead.", freeMeans: (n: number) => (n ? `${messages(n)} may go when their time comes.` : "Nothing waits for it."), optedOut: "This person asked for no messages.",
    lostRace: (who: string) => `${who} was faster.`, events: (n: number, all: boolean) => (all ? plural(n, { one: "{n} event", other: "{n} events" }) : `the last ${number(n)} events`), newest: "newest first",
    lastAct: "Last act", noAct: "Nobody has acted on this lead yet.", facts: "Facts", score: "Score", heat: "Heat", bant: "BANT", waiting: "Waiting", scoreMeans: "By your weights; Prepare takes the highest first.",
    samePhone: "Same phone", sameNone: "no other lead", sameSome: (n: number) => plural(n, { one: "{n} other lead", other: "{n} other leads" }), bantStatus: "BANT",
    notThere: "There is no such lead", loading: "Loading the lead", errorTitle: "The lead could not be read", nothing: "Nothing of that kind happened.", earlier: "Earlier events",
    took: (who: string) => `${who} took this lead`, tookNot: (who: string) => `${who} tried to take this lead`, gaveBack: (who: string) => `${who} handed this lead back`, acted: (who: string, act: string) => `${who}: ${act}`,
    cancelled: (n: number, m: number) => (n || m ? `${[n ? messages(n) : "", m ? jobs(m) : ""].filter(Boolean).join(" and ")} cancelled.` : "Nothing was waiting for it."), earlierSent: (n: number) => `${messages(n)} had gone out before.`, wire: (n: number) => `${number(n)} on the wire could not be called back.`,
    slot: (when: string) => `Slot given: ${when}`, queuedBy: (who: string) => `By ${who}.`, attempt: (n: number, sender: string) => `Attempt ${number(n)}, ${sender}.`, forWhom: (who: string) => `For ${who}.`, template: (name: string) => `Template ${name}.`,
    outcome: { sent: "Message sent", failed: "Message not sent", unknown: "Message sent or not: nobody knows", not_sent: "Message went back to the queue", cancelled: "Message cancelled before it went" } as Record<string, string>, onWire: "Message on the wire", claimed: "Message about to go", dry: "Nobody received it.",
    delivered: "Message delivered", read: "Message read", old: (state: string) => `Message ${state}, before the ledger began`, created: "Added to the CRM", sender: { "dry-run": "dry run", dry_run: "dry run", whatsapp: "WhatsApp", webhook: "webhook" } as Record<string, string>,
  },

  schema: {
    again: "Check again", checking: "Checking", checkingText: "The catalogue is read and rows are counted, in one read-only moment. A large database takes up to a minute; nothing is locked and nothing is changed.", list: "Findings", at: (when: string) => `at ${when}`, back: "Back",
    scope: (checks: number, passed: number) => `${plural(checks, { one: "{n} check", other: "{n} checks" })} · ${number(passed)} passed`, scopeNeeds: (n: number) => plural(n, { one: "{n} needs you", other: "{n} need you" }), scopeUnknown: (n: number) => `${number(n)} not known`,
    sections: { needs: "Needs you", unknown: "Not known, so not green", info: "Worth knowing", passed: "Passed" } as Record<string, string>,
    badge: { error: "Error", warn: "Warning", info: "To know", unknown: "Not known", pass: "Passed" } as Record<string, string>,
    failedChecks: (n: number) => plural(n, { one: "{n} failed check", other: "{n} failed checks" }), unknownChecks: (n: number) => plural(n, { one: "{n} check is not known", other: "{n} checks are not known" }),
    things: (n: number) => plural(n, { one: "{n} thing", other: "{n} things" }), blocks: (verbs: string) => `blocks ${verbs}`, blocksTitle: (verbs: string) => `Blocks ${verbs}`, blocksText: "Refused, or bound to fail, while this is so.", blocksNothing: "It blocks no action.",
    verb: { prepare: "Prepare", run: "Automation", take: "Take lead", export: "Export" } as Record<string, string>,
    check: "The check", objects: "Where", found: "Found", sample: "Such as", sql: "See it again", fix: "What to do", fixSteps: (n: number) => plural(n, { one: "In {n} step", other: "In {n} steps" }), fixSql: "For the SQL editor", noLock: "Locks nothing", expected: "Expected", about: (n: string) => `about ${n}`,
    actions: "What the four actions would do here", works: { pass: "Works", fail: "Blocked", unknown: "Not known" } as Record<string, string>, isNew: "New", sinceNew: (n: number) => plural(n, { one: "{n} new", other: "{n} new" }), sinceGone: (n: number) => plural(n, { one: "{n} gone", other: "{n} gone" }),
    since: (when: string, what: string) => `Since the check ${when}: ${what}`, sinceSame: (when: string) => `Nothing changed since the check ${when}`, firstCheck: "The first check of this database on this desk", earlier: "Earlier checks", earlierText: "What this desk remembers of its checks of this database.", earlierNone: "This desk checked this database for the first time.",
    earlierFailed: (errors: number, warnings: number, unknown: number) => `${plural(errors, { one: "{n} error", other: "{n} errors" })} · ${plural(warnings, { one: "{n} warning", other: "{n} warnings" })} · ${number(unknown)} not known`, earlierAs: (login: string) => `as ${login}`, goneTitle: "True again since then",
    took: (s: string) => `took ${s} s`, report: "Report", noReport: "There is no report yet", reportText: (n: number) => `${plural(n, { one: "{n} answer", other: "{n} answers" })}, with what was and was not checked. Ids only: no names, phones or texts.`, reportFormat: "Made for", save: "Choose a file", saved: (file: string) => `Saved as ${file}`,
    formats: { text: ["A person", "Plain text."], json: ["A program", "JSON, every finding with its evidence."], sarif: ["A code review", "SARIF 2.1.0, as linters write it."] } as Record<string, [string, string]>,
    migration: "Preview migration", migrationTitle: "What a migration would do now", migrationNone: "Nothing is pending: every step of this version is applied.", migrationSteps: (n: number, done: number, keys: number) => `${plural(n, { one: "{n} step is pending", other: "{n} steps are pending" })}, ${number(done)} done${keys ? `; ${plural(keys, { one: "{n} reference is not whole", other: "{n} references are not whole" })}` : ""}. Nothing is changed by looking.`,
    migrationCrm: "The database is empty: the CRM’s own tables are made too.", migrationLoading: "Looking", migrationLock: (mode: string, table: string, rows: string, bytes: string) => `Locks ${table} (${mode}): about ${rows} rows, ${bytes}`, mayNot: (why: string) => `This login may not: ${why}.`,
    keysUnknown: "Whether the references are whole is not known", keyState: { missing: "no key", not_valid: "not validated", valid: "there" } as Record<string, string>, keyIndex: "an index is built", keyOrphans: (n: number, of: number, action: string) => `${number(n)} of ${plural(of, { one: "{n} row", other: "{n} rows" })} point nowhere: ${action === "moved" ? "moved to quarantine" : "emptied, the old value is kept"}.`, keyRecent: (n: number) => `${number(n)} of them were written in the last 24 hours: such writes will be refused.`, keyRefused: (why: string) => `Left as it is: ${why}.`, migrationState: { pending: "pending", changed: "newer text" } as Record<string, string>,
    migrationKind: { tx: "in one transaction", autocommit: "on its own, while others work", function: "functions only", batched: "in small batches", pieces: "a table at a time", keys: "a reference at a time" } as Record<string, string>, blockersTitle: (n: number) => plural(n, { one: "{n} session would hold it up now", other: "{n} sessions would hold it up now" }), blockersNone: "No session would hold it up now.",
    blocker: (login: string, program: string, state: string, seconds: number) => `${login}${program ? `, ${program}` : ""}: ${state}, for ${number(seconds)} s`, blockerWait: (n: number) => plural(n, { one: "{n} session waits for it", other: "{n} sessions wait for it" }), blockersText: "A step waits at most 200 ms for a lock, lets the application pass and tries again.",
    mend: "Mend", mendOn: "Go on mending", mendBlocked: "Tick first that there is a backup", backup: "There is a backup of this database", mending: "Mending", mendTitle: "What was mended", mendStays: "What is done stays done, and is whole.", mendRows: (place: string, n: number) => `${place}: ${plural(n, { one: "{n} row", other: "{n} rows" })}`,
    mendDone: (n: number) => plural(n, { one: "{n} step applied", other: "{n} steps applied" }), mendRefused: (n: number) => plural(n, { one: "{n} thing was left as it is", other: "{n} things were left as they are" }), scriptSave: "Save SQL script", scriptSaved: (file: string) => `Saved as ${file}`, scriptText: "Its owner runs it in the SQL editor; then check again.", scriptOffer: "Save the SQL script for the owner of the database.",
    balance: "Rows, before and after", balanceTable: "Table", balanceOf: { before: "Before", moved: "Moved aside", others: "By others", after: "After", nulled: "Emptied", mapped: "Words changed" }, balanceText: "Moved aside is not deleted: such rows wait in quarantine and can be put back. Others may write while a database is mended.",
    forAdmin: "For the admin: this login may look, not mend.", checked: (what: string) => `Checked: ${what}.`, notChecked: (what: string) => `Not checked: ${what}.`, why: "Why it is not known", notGreen: "What could not be looked at is never counted as passed.",
    emptyTitle: "Nothing was checked", emptyText: "The check came back without a single answer. That is not known, and not a pass.", errorTitle: "The schema could not be checked", errorOld: "You see the check before.", lookFirst: "Check the schema",
  },

  metrics: {
    spans: { today: "Today", week: "7 days", month: "30 days", range: "Range" } as Record<string, string>, span: "Days", everybody: "All operators", operator: "Operator", csv: "CSV", saved: (name: string) => `Saved as ${name}`,
    from: "From", to: "To", through: (from: string, to: string) => `${from} to ${to}`, read: (age: string) => `read ${age} ago`, readNow: "read now", dryRun: "dry run",
    loading: "Counting", errorTitle: "The figures could not be counted", old: "You see the figures before.", inQueue: (what: string) => `${what}: show them in the queue, of all days`,
    sent: "Sent", sentDry: "Sent, dry run", delivered: "Delivered", failed: "Failed", unknown: "Unknown", cancelled: "Cancelled", wait: "Typical wait", held: "Held", planned: "Planned",
    up: (percent: number, than: string) => `up ${number(percent)}% on ${than}`, down: (percent: number, than: string) => `down ${number(percent)}% on ${than}`, same: (than: string) => `as many as on ${than}`, was: (n: string, than: string, days: boolean) => `${n} ${days ? "in" : "on"} ${than}`,
    before: (days: number) => `the ${number(days)} days before`, compared: (what: string, until: string | null) => (until ? `Compared with ${what}, up to ${until}` : `Compared with ${what}`),
    share: (percent: string) => `${percent}%`, deliveredOf: (n: number, of: number) => `${number(n)} of ${number(of)}`, readOf: (n: number) => `${number(n)} read`, retry: (n: number) => (n ? `${number(n)} can retry` : "none can retry"), settle: "to settle", nothingToSettle: "nothing to settle",
    minutes: (n: string) => `${n} min`, most: (n: string) => `min, 95% under ${n}`, noWait: "nothing was sent", and: (a: string, b: string) => `${a} · ${b}`,
    byHour: "By hour", byDay: "By day", table: "Table", chart: "Chart", hour: "Hour", day: "Day", tip: (when: string, what: string) => `${when}: ${what}`, part: (n: number, word: string) => `${number(n)} ${word.toLowerCase()}`, empty: "nothing",
    bars: (sent: number, failed: number, held: number, planned: number) => `${number(sent)} sent, ${number(failed)} failed, ${number(held)} held, ${number(planned)} planned. The table holds the numbers.`, now: "now",
    operators: "Operators", ofCap: "used and reserved today, of the cap", usedOf: (used: number, cap: number) => `${number(used)}/${number(cap)}`, spark: (name: string, list: string) => `${name}: ${list}`, name: "Name", used: "Used today", reserved: "Reserved today", cap: "Cap",
    waits: "Who waits longest", nobodyWaits: "Nothing that is due is waiting.", half: (time: string) => `half over ${time}`, mayGo: "May go now", due: "Due", since: "Oldest since", why: "Why", halfHead: "Half over",
    waitTitle: "Wait, due to sent", inMinutes: "minutes", halfLine: "half", mostLine: "95%", halfMinutes: "Half, minutes", mostMinutes: "95%, minutes", waitLines: (half: string, most: string) => `Half waited up to ${half} min, 95% up to ${most} min. The table holds the numbers.`, noWaits: "Nothing was sent, so nothing waited.",
    whatFailed: "What failed", nothingFailed: "Nothing failed in these days.", code: "Code", count: "Count", again: "Can retry", yes: "yes", no: "no",
    emptyTitle: "Nothing was sent in these days", emptyToday: "Nothing was sent today", emptyWaits: (n: number) => `${plural(n, { one: "{n} message has a slot or waits", other: "{n} messages have a slot or wait" })}. Automation sends what may go when its time comes.`, emptyText: "Nothing has a slot in these days either. Prepare queues messages for the next working day.", emptyPast: "Other days may have figures.", showWeek: "Show 7 days", showMonth: "Show 30 days",
    hidden: (n: number) => plural(n, { one: "{n} more attempt is of clients that you do not work for, and is not counted.", other: "{n} more attempts are of clients that you do not work for, and are not counted." }),
    /** The provider's codes; what is not here is shown as it came. */
    failure: {
      "1": "The provider had an error", "2": "Provider busy", "4": "Too many requests", "100": "Parameter not accepted", "80007": "Account’s pace limit", "130429": "The number’s pace limit", "130472": "Held back by a provider’s experiment", "130497": "Not allowed in that country",
      "131000": "The provider had an error", "131008": "Parameter missing", "131009": "Parameter not accepted", "131016": "Provider busy", "131021": "Sent to ourselves", "131026": "Number is not on WhatsApp", "131030": "Not on the test list", "131047": "Needs a template", "131048": "Our number is limited for spam",
      "131049": "Held back by the provider", "131050": "Lead stopped our messages", "131051": "Kind of message not supported", "131056": "Recipient’s pace limit", "131057": "Account in maintenance", "132000": "Template’s values do not fit", "132001": "Template is missing", "132005": "Template’s text is too long", "132007": "Template was rejected", "132012": "Template’s values do not fit", "132015": "Template is paused", "132016": "Template is disabled", "132069": "Flow is limited",
    } as Record<string, string>,
  },

  quarantine: {
    see: "See the rows", title: "Rows moved aside", text: "What they say is not shown. A row that is put back says it again, in its own table.", forAdmins: "For admins", none: "No row waits.", more: "Show more", all: "Choose all that are shown", choose: (table: string, key: string) => `Choose ${table} ${key}`,
    table: "Table", key: "Key", why: "Why", when: "When", can: "Can be put back", cannot: "What it points to is still missing", action: { moved: "moved aside", fk_nulled: "a reference was emptied", value_mapped: "a word was changed" } as Record<string, string>,
    chosen: (n: string) => `${n} chosen`, nothingChosen: "None is chosen: the buttons are for all that wait.", restore: (n: number) => `Put ${number(n)} back`, restoreAll: "Put all back", keep: (n: number) => `Keep ${number(n)} out`, keepAll: "Keep all out",
    restored: (n: number) => plural(n, { one: "{n} row put back", other: "{n} rows put back" }), kept: (n: number) => plural(n, { one: "{n} row stays out", other: "{n} rows stay out" }),
  },

  export: {
    title: "Export the queue", scope: (n: number) => plural(n, { one: "{n} message with its lead and last delivery.", other: "{n} messages with their leads and last deliveries." }), filtered: "As filtered on the screen", all: "Everything that you may see", zero: "Nothing matches: the file will hold the column names only.",
    preset: "Made for", excel: "Excel", excelText: "Opens with a double click. Phones stay text, formulas are made harmless.", machine: "Another program", machineText: "Plain CSV (RFC 4180), UTF-8, nothing added.",
    confirm: "Choose a file", choosing: "Waiting for the file", writing: "Writing", progress: (rows: number, total: number) => `${number(rows)} of ${number(total)} rows`, cancel: "Cancel the export",
  },

  keys: {
    title: "Keys", select: "Select", range: "Select a range", page: "Select what is in sight, then all", reschedule: "Reschedule", retry: "Retry", priority: "Priority", settle: "Settle unknown", cancel: "Cancel messages", optOut: "Opt out", actFor: "Act for an operator", move: "Move", ends: "First, last", peek: "Peek", open: "Open", escape: "Clear, close", take: "Take lead", release: "Hand back", export: "Export", prepare: "Prepare", pause: "Start, pause",
    stop: "Stop everything", undo: "Undo", find: "Find", goQueue: "Go to the queue", goJobs: "Go to the jobs", goLeads: "Go to the leads", goAutomation: "Go to automation", goMetrics: "Go to the metrics", goLedger: "Go to the ledger", goSchema: "Go to the schema", newRows: "Show new rows", privacy: "Privacy mode", lock: "Lock the window", sheet: "This sheet", note: "They work with any keyboard layout, and never while you write.",
  },

  closed: {
    notMigratedTitle: "This CRM is not set up for Queue Desk yet", notMigratedText: "The database was read and nothing was changed. Its admin adds schema queue_desk once; after that the actions here work.", 
    emptyTitle: "There is no CRM in this database", emptyText: "No leads and no queue were found, and nothing was changed. Queue Desk creates the tables only in an empty database, and only when told to.", 
    how: "For the admin", look: "Look at the queue", lookText: "Messages, leads, jobs, and Export. Nothing is written.", howText: "Shows every step with its locks and its time, and changes nothing.", again: "Look again", login: "Signed in as", database: "Database", server: "Server",
    starting: "Opening the database", startingText: "The first time takes a few seconds longer.",
  },

  error: {
    lost: "The connection is lost", lostText: (age: string) => `You see data from ${age} ago. Nothing can be done until it is back.`, lostNever: "Nothing has been read yet. It is tried again by itself.", tryNow: "Try now",
    refused: "The password is not accepted any more", refusedText: (login: string, age: string) => `The server refuses the login ${login}. ${age ? `You see data from ${age} ago; nothing` : "Nothing"} can be done until the new password is typed.`, typePassword: "Type the new one",
    code: {
      connection_lost: "The connection was lost", no_connection: "The database does not answer", commit_in_doubt: "It is not known whether this was written", went_back: "The database went back to an earlier state", read_only: "This login may look, not act",
      no_operator: "This login is not an operator", no_permission: "This login may not do that", not_available_yet: "Not available yet", plan_stale: "The plan has changed", no_working_day: "Not a working day",
      window_locked: "This window is locked", already_running: "Automation is already running", file_failed: "The file could not be written", cancelled: "Cancelled", busy: "The database is busy", not_migrated: "The database is not set up yet",
      keychain_unavailable: "The keychain cannot be used", keychain_locked: "The keychain is locked",
      not_connected: "No database is open", tls_failed: "The connection could not be protected",
      not_found: "It is not there any more", sender_refused: "The sender was refused", sample_refused: "This is not a sample database", internal: "Something failed", bad_input: "That was not understood",
      bad_url: "The database address was not understood", password_in_url: "The address must not hold a password", wrong_password: "The password was not accepted",
      pooler_transaction_mode: "This connection pooler does not fit", no_binaries: "PostgreSQL is not installed here", port_taken: "The port is in use by another program",
      data_version: "The local database is of another PostgreSQL version", folder_not_writable: "The folder cannot be written to", server_failed: "The local database did not start",
      no_display: "There is no display for a window", no_tables: "There is no CRM in this database", migration_failed: "The database could not be set up",
      migration_locked: "Somebody else is setting the database up", newer_database: "The database is newer than this program",
    } as Record<string, string>,
  },
};

export type Texts = typeof en;
