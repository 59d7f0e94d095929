import Acquisition

/// The stored references as the scanner at one place may use them: only under a name of its own.
///
/// They are kept by serial number. Where two scanners have the same one, the second would be given
/// the reference of the first, or replace it.
struct PlaceReferences: ReferenceStore {
  private let store: FileReferenceStore
  private let place: ScannerAddress
  private let directory: ScannerDirectory

  init(_ store: FileReferenceStore, at place: ScannerAddress, directory: ScannerDirectory) {
    (self.store, self.place, self.directory) = (store, place, directory)
  }

  func load(serialNumber: String) throws(ReferenceStoreError) -> StoredReference? {
    isNamedBySerialNumber ? try store.load(serialNumber: serialNumber) : nil
  }

  func save(_ reference: StoredReference) throws(ReferenceStoreError) {
    guard isNamedBySerialNumber else { throw .serialNumberShared(reference.serialNumber) }
    try store.save(reference)
  }

  private var isNamedBySerialNumber: Bool { directory.isNamedBySerialNumber(at: place) }
}
