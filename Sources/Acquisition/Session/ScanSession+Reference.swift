internal import Spectra

extension ScanSession where Transport: ~Copyable {
  /// Makes one scan of a white standard and gives it to `decoder` as the user's reference.
  ///
  /// Returns what is to be stored, or nil when the device is busy and the scan has to wait. On an
  /// error, `referenceRefused` among others, the decoder keeps the reference that it had.
  package mutating func measureReference(
    for decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> StoredReference? {
    guard let serialNumber = description.serialNumber else {
      throw .referenceRefused(.noSerialNumber)
    }
    guard let arrival = try scan() else { return nil }
    do throws(ReferenceProblem) {
      try withFile { bytes throws(ReferenceProblem) in
        try ReferenceProblem.check(bytes)
        do throws(ScanFileError) {
          try decoder.setUserReference(bytes, measuredAt: arrival.time)
        } catch {
          throw .unreadable(error)
        }
      }
    } catch .unreadable(let error) where error.isUnsupportedKind {
      // Told as for any scan, so that the device is given another configuration.
      throw .scanFile(error)
    } catch {
      throw .referenceRefused(error)
    }
    let bytes = withFile { bytes in bytes.indices.map { bytes[$0] } }
    return StoredReference(serialNumber: serialNumber, time: arrival.time, file: bytes)
  }

  /// Reads the factory's reference and loads the user's.
  ///
  /// Returns why one of them cannot be used, or nil when scans will have absorbance.
  mutating func readReferences(
    for decoder: inout ScanDecoder,
    from store: (any ReferenceStore)?
  ) throws(AcquisitionError) -> AcquisitionError? {
    decoder.forgetReferences()
    lampAtReference = 0
    let matrixProblem = try readMatrix(for: &decoder)
    let factoryProblem = try readFactoryReference(for: &decoder)
    let userProblem = loadUserReference(for: &decoder, from: store)
    if let userProblem { return userProblem }
    guard decoder.hasReference else { return factoryProblem }
    // A missing matrix is told with the scan that needs it.
    return matrixProblem
  }

  /// Returns why the matrix cannot be used; a device may also have none.
  private mutating func readMatrix(
    for decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> AcquisitionError? {
    do throws(AcquisitionError) {
      try readWholeFile(.matrix)
    } catch .commandFailed, .protocolError {
      return nil
    } catch {
      throw error
    }
    do throws(ScanFileError) {
      try withFile { bytes throws(ScanFileError) in try decoder.setMatrix(bytes) }
      return nil
    } catch {
      return .reference(error)
    }
  }

  private mutating func readFactoryReference(
    for decoder: inout ScanDecoder
  ) throws(AcquisitionError) -> AcquisitionError? {
    do throws(AcquisitionError) {
      try readWholeFile(.reference)
    } catch .commandFailed(let command) {
      return .commandFailed(command)
    } catch .protocolError(let command, let violation) {
      return .protocolError(command: command, violation)
    } catch {
      throw error
    }
    do throws(ScanFileError) {
      try withFile { bytes throws(ScanFileError) in try decoder.setFactoryReference(bytes) }
      lampAtReference = withFile { ScanFileHeader(beginning: $0) }?.lampPhotodiode ?? 0
      return nil
    } catch {
      return .reference(error)
    }
  }

  private func loadUserReference(
    for decoder: inout ScanDecoder,
    from store: (any ReferenceStore)?
  ) -> AcquisitionError? {
    guard let store, let serialNumber = description.serialNumber else { return nil }
    let stored: StoredReference?
    do throws(ReferenceStoreError) {
      stored = try store.load(serialNumber: serialNumber)
    } catch {
      return .referenceStore(error)
    }
    guard let stored, stored.serialNumber == serialNumber else { return nil }
    do throws(ScanFileError) {
      try decoder.setUserReference(stored.file.span, measuredAt: stored.time)
      return nil
    } catch {
      return .reference(error)
    }
  }
}
