import Int8Kernels

/// A plan with its memory: a list of actions, run one after another.
@safe
final class Program {
  /// All activations, and the kernels' working memory.
  let arena: AlignedMemory
  private let constants: ConstantMemory
  private let storageOffsets: [Int]
  private let actions: UnsafeMutableBufferPointer<Action>
  private let team: WorkerTeam?

  /// Packs the weights of `plan` and resolves every address.
  init(_ plan: Plan, _ memory: MemoryPlan, _ instructions: Instructions, team: WorkerTeam?) {
    arena = AlignedMemory(byteCount: memory.arenaByteCount)
    constants = ConstantMemory(byteCount: memory.constantByteCount)
    storageOffsets = memory.storageOffsets
    let assembler = ActionAssembler(
      plan: plan,
      memory: memory,
      instructions: instructions,
      arena: arena,
      constants: constants,
      threads: team?.threadCount ?? 1
    )
    var list: [Action] = unsafe []
    for index in plan.steps.indices { unsafe list += assembler.actions(ofStep: index) }
    // SAFETY: freed in `deinit`; every element is initialized here.
    unsafe actions = .allocate(capacity: list.count)
    _ = unsafe actions.initialize(from: list)
    self.team = team
    for (storage, bytes) in plan.preloaded {
      arena.store(bytes, at: memory.storageOffsets[storage])
    }
  }

  deinit { unsafe actions.deallocate() }

  /// Runs every action; never allocates.
  func run() {
    for index in unsafe actions.indices { unsafe actions[index].run(team) }
  }

  /// The first byte of a storage of the plan.
  func bytes(_ storage: Int) -> UnsafeMutablePointer<UInt8> {
    // SAFETY: the memory plan places every storage inside the arena.
    unsafe (arena.start + storageOffsets[storage]).assumingMemoryBound(to: UInt8.self)
  }

  /// The first float of a storage of the plan.
  func floats(_ storage: Int) -> UnsafeMutablePointer<Float> {
    // SAFETY: as in `bytes`; storages begin at multiples of 64.
    unsafe (arena.start + storageOffsets[storage]).assumingMemoryBound(to: Float.self)
  }
}
