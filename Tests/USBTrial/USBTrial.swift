@main enum USBTrial { static func main() {} }
